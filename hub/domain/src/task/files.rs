//! The files of a task. Invariant: each is told by the number of the event that brought it, and
//! is read by that event; taking it away takes the event's body, and so the reference, for good.
//! Whether the sender may name the file at all is held where every command's files are.

use super::{Task, conflict, forbidden};
use crate::{Context, Decision};
use protocol::{
    AccountId, ErrorBody, ErrorKind, Seq,
    file::FileRef,
    task::{AttachFiles, FileAttached, FileDetached, TaskEvent, TaskPart},
};
use serde::{Deserialize, Serialize};

/// Files of one task.
pub(super) const FILES_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Attached {
    pub by: Option<AccountId>,
    pub file: FileRef,
}

pub(super) fn attach(
    task: &Task,
    command: &AttachFiles,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    task.sender(context.who, TaskPart::Assignee)?;
    attached(task, Decision::nothing(), &command.files)
}

/// With the files that are not there yet: one put twice is there once.
pub(super) fn attached(
    task: &Task,
    decision: Decision<TaskEvent>,
    files: &[FileRef],
) -> Result<Decision<TaskEvent>, ErrorBody> {
    let mut fresh: Vec<&FileRef> = Vec::new();
    for file in files {
        let here = task.files.values().any(|one| one.file == *file);
        if !here && !fresh.contains(&file) {
            fresh.push(file);
        }
    }
    if task.files.len() + fresh.len() > FILES_MAX {
        return Err(conflict("task.too_many_files", "a task has 100 files at most"));
    }
    Ok(fresh.into_iter().fold(decision, |all, file| all.and(FileAttached { file: file.clone() })))
}

/// By whoever brought it, or the owner.
pub(super) fn detach(
    task: &Task,
    seq: Seq,
    context: &Context<'_>,
) -> Result<Decision<TaskEvent>, ErrorBody> {
    let (me, part) = task.sender(context.who, TaskPart::Watcher)?;
    let file = task.files.get(&seq).ok_or_else(|| {
        ErrorBody::new(ErrorKind::NotFound, "task.no_file", "no such file").field("seq")
    })?;
    if part != TaskPart::Owner && file.by != Some(me) {
        return Err(forbidden("task.not_your_file", "its owner or who brought it may"));
    }
    let mut decision = Decision::event(FileDetached { seq });
    decision.redactions.push(seq);
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskFacts;
    use crate::task::create::tests::{made, new};
    use crate::testing::{Bench, who};
    use protocol::{
        BlobId,
        task::{DetachFile, TaskCommand},
    };
    use uuid::Uuid;

    fn file(n: u128) -> FileRef {
        FileRef {
            blob: BlobId(Uuid::from_u128(n)),
            name: format!("{n}.pdf"),
            bytes: 3,
            media_type: "application/pdf".into(),
        }
    }

    fn run(
        bench: &mut Bench<Task>,
        n: u128,
        command: impl Into<TaskCommand>,
    ) -> Result<Decision<TaskEvent>, String> {
        let done = bench.run(&who(n, &[]), command.into(), TaskFacts::default());
        done.map_err(|error| error.code.into_owned())
    }

    #[test]
    fn put_there_once_and_taken_away_by_whose_it_is() {
        let mut create = new("盘点");
        create.files = vec![file(1)];
        let mut bench = made(create);
        assert_eq!(bench.state.files.keys().copied().collect::<Vec<_>>(), [2]);
        let more = AttachFiles { files: vec![file(1), file(2), file(2)] };
        let refused = run(&mut bench, 3, more.clone());
        assert_eq!(refused, Err("task.not_assigned".to_owned()));
        assert_eq!(run(&mut bench, 2, more).unwrap().events.len(), 1);
        assert_eq!(run(&mut bench, 2, DetachFile { seq: 2 }), Err("task.not_your_file".into()));
        assert_eq!(run(&mut bench, 2, DetachFile { seq: 3 }).unwrap().redactions, [3]);
        assert_eq!(run(&mut bench, 2, DetachFile { seq: 3 }), Err("task.no_file".into()));
        assert_eq!(run(&mut bench, 1, DetachFile { seq: 2 }).unwrap().redactions, [2]);
        let many = AttachFiles { files: (0..=FILES_MAX as u128).map(file).collect() };
        assert_eq!(run(&mut bench, 1, many), Err("task.too_many_files".into()));
    }
}
