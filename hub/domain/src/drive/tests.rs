//! The rules of a space as tables, and one property: whatever is asked, the tree stays a tree.

use super::*;
use crate::{
    TimerChange,
    testing::{Bench, account, who},
};
use proptest::prelude::*;
use protocol::{BlobId, Role, account::Secret, drive::*, file::FileRef};
use uuid::Uuid;

fn file(name: &str, bytes: u64) -> FileRef {
    let blob = BlobId(Uuid::from_u128(77));
    FileRef { blob, name: name.into(), bytes, media_type: "text/plain".into() }
}

fn run(
    bench: &mut Bench<Space>,
    n: u128,
    command: impl Into<SpaceCommand>,
) -> Result<Decision<SpaceEvent>, String> {
    let facts = SpaceFacts { missing: vec![account(99)], password_hash: Some("hash".into()) };
    bench.run(&who(n, &[]), command, facts).map_err(|error| error.code.into_owned())
}

/// Owner 1, writer 2, reader 3; the folder 2 at the top with the file 3 in it.
fn space() -> Bench<Space> {
    let mut bench = Bench::new(Uuid::from_u128(5));
    let member = |n, role| SpaceMember { account: account(n), role };
    let members = vec![member(2, SpaceRole::Writer), member(3, SpaceRole::Reader)];
    run(&mut bench, 1, CreateSpace { name: "资料".into(), members }).unwrap();
    run(&mut bench, 2, CreateFolder { parent: 0, name: "合同".into() }).unwrap();
    run(&mut bench, 2, AddFile { parent: 2, file: file("a.txt", 10) }).unwrap();
    bench
}

fn check(
    bench: &mut Bench<Space>,
    n: u128,
    command: impl Into<SpaceCommand>,
    expected: Result<usize, &str>,
) {
    let outcome = run(bench, n, command).map(|decision| decision.events.len());
    assert_eq!(outcome, expected.map_err(str::to_owned));
}

#[test]
fn roles_bound_what_members_may_do() {
    let folder = |name: &str| CreateFolder { parent: 0, name: name.into() };
    check(&mut space(), 1, folder("新"), Ok(1));
    check(&mut space(), 2, folder("新"), Ok(1));
    check(&mut space(), 3, folder("新"), Err("drive.not_writer"));
    check(&mut space(), 9, folder("新"), Err("drive.not_member"));
    let set = |n, role| SetSpaceMember { account: account(n), role };
    check(&mut space(), 2, set(4, SpaceRole::Reader), Err("drive.not_owner"));
    check(&mut space(), 1, set(4, SpaceRole::Reader), Ok(1));
    check(&mut space(), 1, set(99, SpaceRole::Reader), Err("drive.account_not_found"));
    check(&mut space(), 1, set(1, SpaceRole::Reader), Err("drive.owner_needed"));
    let out = |n| RemoveSpaceMember { account: account(n) };
    check(&mut space(), 1, out(1), Err("drive.owner_needed"));
    check(&mut space(), 3, out(3), Ok(1));
    check(&mut space(), 3, out(2), Err("drive.not_owner"));
    assert!(space().state.may_watch(&who(3, &[])));
    assert!(!space().state.may_watch(&who(9, &[(Role::RegionAdmin, 1)])));
    assert!(space().state.may_watch(&who(9, &[(Role::Auditor, 1)])));
}

#[test]
fn names_are_unique_in_a_folder_and_harmless() {
    let add = |name: &str| AddFile { parent: 2, file: file(name, 1) };
    check(&mut space(), 2, add("A.TXT"), Err("drive.name_taken"));
    check(&mut space(), 2, add("b.txt"), Ok(1));
    for bad in ["../x", "a\u{202e}b", "NUL.txt", "", "a/b"] {
        check(&mut space(), 2, add(bad), Err("hub.invalid"));
        check(&mut space(), 2, RenameNode { node: 3, name: bad.into() }, Err("hub.invalid"));
    }
    check(&mut space(), 2, RenameNode { node: 3, name: "A.txt".into() }, Ok(1));
    check(&mut space(), 2, AddFile { parent: 3, file: file("b", 1) }, Err("drive.not_a_folder"));
    check(&mut space(), 2, AddFile { parent: 8, file: file("b", 1) }, Err("drive.node_not_found"));
}

#[test]
fn a_quota_counts_versions_and_the_bin() {
    let mut bench = space();
    bench.policy.drive_space_bytes_max = 30;
    check(&mut bench, 2, AddVersion { node: 3, file: file("a.txt", 15) }, Ok(1));
    check(&mut bench, 2, RemoveNode { node: 3 }, Ok(1));
    check(&mut bench, 2, AddFile { parent: 0, file: file("b", 6) }, Err("drive.space_full"));
    check(&mut bench, 2, EraseNode { node: 3 }, Ok(1));
    assert_eq!(bench.state.used(), 0);
    check(&mut bench, 2, AddFile { parent: 0, file: file("b", 30) }, Ok(1));
}

#[test]
fn the_bin_gives_back_or_erases_for_good() {
    let mut bench = space();
    let removed = run(&mut bench, 2, RemoveNode { node: 2 }).unwrap();
    assert!(matches!(&removed.timers[..], [TimerChange::Set { name, .. }] if name == "bin:2"));
    check(&mut bench, 2, RenameNode { node: 3, name: "b".into() }, Err("drive.node_not_found"));
    check(&mut bench, 2, EraseNode { node: 3 }, Err("drive.node_not_found"));
    // Its name is free meanwhile, and then it cannot come back to it.
    check(&mut bench, 2, CreateFolder { parent: 0, name: "合同".into() }, Ok(1));
    check(&mut bench, 2, RestoreNode { node: 2 }, Err("drive.name_taken"));
    check(&mut bench, 2, RenameNode { node: 5, name: "别的".into() }, Ok(1));
    check(&mut bench, 2, RestoreNode { node: 2 }, Ok(1));
    let link = ShareLink { node: 3, password: Some(Secret("1234".into())), expires_at: None };
    let shared = run(&mut bench, 2, link).unwrap();
    assert!(!format!("{:?}", shared.events).contains("hash") && shared.private.is_some());
    check(&mut bench, 2, AddVersion { node: 3, file: file("a.txt", 1) }, Ok(1));
    let folder = |node| ShareLink { node, password: None, expires_at: None };
    check(&mut space(), 2, folder(2), Ok(1));
    check(&mut space(), 2, folder(0), Err("drive.node_not_found"));
    check(&mut space(), 3, folder(2), Err("drive.not_writer"));
    check(&mut bench, 2, RemoveNode { node: 2 }, Ok(1));
    let erased = bench.settle(Order::TimerFired { name: "bin:2".into() }).unwrap();
    assert_eq!(erased.events, [NodeErased { node: 2 }.into(), LinkRevoked { link: 8 }.into()]);
    assert_eq!(erased.redactions, [2, 3, 9]);
    let again = bench.settle(Order::TimerFired { name: "bin:2".into() }).unwrap();
    assert_eq!(again, Decision::nothing());
}

#[test]
fn a_loaded_state_never_saw_what_was_erased_and_is_the_same() {
    let mut bench = space();
    check(&mut bench, 2, RenameNode { node: 3, name: "b.txt".into() }, Ok(1));
    check(&mut bench, 2, RemoveNode { node: 2 }, Ok(1));
    check(&mut bench, 2, EraseNode { node: 2 }, Ok(1));
    let mut loaded = Space::default();
    // The creation, and what followed the two redacted events.
    let created = SpaceCreated {
        kind: SpaceKind::Shared,
        name: "资料".into(),
        members: [(1, SpaceRole::Owner), (2, SpaceRole::Writer), (3, SpaceRole::Reader)]
            .map(|(n, role)| SpaceMember { account: account(n), role })
            .to_vec(),
    };
    let events: [(Seq, SpaceEvent); 4] = [
        (1, created.into()),
        (4, NodeRenamed { node: 3, name: "b.txt".into() }.into()),
        (5, NodeRemoved { node: 2 }.into()),
        (6, NodeErased { node: 2 }.into()),
    ];
    for (seq, event) in &events {
        loaded.apply(*seq, 0, None, event);
    }
    assert_eq!(loaded, bench.state);
}

#[test]
fn personal_spaces_are_their_owners_alone() {
    let mut bench = Bench::<Space>::new(personal_space_id(account(1)));
    check(&mut bench, 2, OpenPersonal {}, Err("drive.wrong_stream"));
    let create = CreateSpace { name: "a".into(), members: vec![] };
    check(&mut bench, 2, create, Err("drive.reserved_id"));
    check(&mut bench, 1, OpenPersonal {}, Ok(1));
    check(&mut bench, 1, OpenPersonal {}, Ok(0));
    let set = SetSpaceMember { account: account(2), role: SpaceRole::Reader };
    check(&mut bench, 1, set, Err("drive.personal"));
}

#[derive(Clone, Debug)]
enum Step {
    Folder(Seq),
    File(Seq),
    Move(Seq, Seq),
    Remove(Seq),
    Restore(Seq),
    Erase(Seq),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = || 0u64..25;
    let step = prop_oneof![
        place().prop_map(Step::Folder),
        place().prop_map(Step::File),
        (place(), place()).prop_map(|(node, to)| Step::Move(node, to)),
        place().prop_map(Step::Remove),
        place().prop_map(Step::Restore),
        place().prop_map(Step::Erase),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn whatever_is_asked_the_tree_stays_a_tree(steps in steps()) {
        let mut bench = space();
        for (n, step) in steps.into_iter().enumerate() {
            let name = format!("n{}", n % 7);
            let command: SpaceCommand = match step {
                Step::Folder(parent) => CreateFolder { parent, name }.into(),
                Step::File(parent) => AddFile { parent, file: file(&name, 3) }.into(),
                Step::Move(node, parent) => MoveNode { node, parent }.into(),
                Step::Remove(node) => RemoveNode { node }.into(),
                Step::Restore(node) => RestoreNode { node }.into(),
                Step::Erase(node) => EraseNode { node }.into(),
            };
            let _ = run(&mut bench, 2, command);
            let space = &bench.state;
            let used: u64 = space.nodes.values().map(Node::bytes).sum();
            prop_assert_eq!(space.used, used);
            for (seq, node) in &space.nodes {
                // Every way up ends at the top, through folders.
                let way = space.upwards(*seq).take(DEPTH_MAX + 1).count();
                prop_assert!(way <= DEPTH_MAX);
                let above = space.nodes.get(&node.parent);
                prop_assert!(node.parent == 0 || above.is_some_and(Node::is_folder));
                if !node.binned {
                    prop_assert!(space.free(node.parent, &node.name, Some(*seq)).is_ok());
                }
            }
        }
    }
}
