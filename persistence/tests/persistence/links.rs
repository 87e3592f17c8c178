//! Where a link to a folder leads: down, and never out. Held as a property against a tree that
//! moves, goes into the bin and comes back.

use crate::{
    queries::put,
    support::{Maker, Store},
};
use kernel::journal::Head;
use persistence::Queries;
use proptest::prelude::*;
use protocol::{AnyEvent, BlobId, EntityKind, Seq, drive::*, file::FileRef};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The space as the events say, kept the simple way.
#[derive(Default)]
struct Tree {
    parents: BTreeMap<Seq, Seq>,
    folders: BTreeSet<Seq>,
    binned: BTreeSet<Seq>,
}

impl Tree {
    fn upwards(&self, node: Seq) -> Vec<Seq> {
        let up = |at: &Seq| self.parents.get(at).copied().filter(|parent| *parent != 0);
        std::iter::successors(Some(node), up).collect()
    }

    /// From `root` down to `node`, where there is such a way that may be shown.
    fn way(&self, root: Seq, node: Seq) -> Option<Vec<Seq>> {
        if !self.parents.contains_key(&node) {
            return None;
        }
        let up = self.upwards(node);
        let end = up.iter().position(|at| *at == root)?;
        let shown = up.iter().all(|at| !self.binned.contains(at));
        shown.then(|| up[..=end].iter().rev().copied().collect())
    }

    /// What one step of a history does; `None` where the rules of a space forbid it.
    fn step(&mut self, seq: Seq, (what, a, b): (u8, u64, u64)) -> Option<SpaceEvent> {
        let pick = |n: u64| (n % (seq + 1)).max(1);
        let folder = |tree: &Self, n| if tree.folders.contains(&pick(n)) { pick(n) } else { 0 };
        let (node, parent) = (pick(a), folder(self, b));
        match what {
            0..=3 => {
                self.parents.insert(seq, parent);
                self.folders.insert(seq);
                Some(FolderCreated { parent, name: format!("f{seq}") }.into())
            }
            4..=6 => {
                self.parents.insert(seq, parent);
                let blob = BlobId(Uuid::from_u128(u128::from(seq)));
                let name = format!("{seq}.txt");
                let file = FileRef { blob, name, bytes: seq, media_type: "text/plain".into() };
                Some(FileAdded { parent, file }.into())
            }
            7 if self.parents.contains_key(&node) && !self.upwards(parent).contains(&node) => {
                self.parents.insert(node, parent);
                Some(NodeMoved { node, parent }.into())
            }
            8 if self.parents.contains_key(&node) => {
                self.binned.insert(node);
                Some(NodeRemoved { node }.into())
            }
            9 if self.binned.remove(&node) => {
                let parent = self.parents[&node];
                Some(NodeRestored { node, parent }.into())
            }
            _ => None,
        }
    }
}

async fn leads_down_only(steps: Vec<(u8, u64, u64)>) {
    let (store, make) = (Store::new(), Maker::new());
    let (journal, queries) = store.open().await;
    let (space, mut head) = (make.stream(EntityKind::Space), Head::default());
    let created = SpaceCreated { kind: SpaceKind::Shared, name: String::new(), members: vec![] };
    let mut events: Vec<AnyEvent> = vec![SpaceEvent::from(created).into()];
    let mut tree = Tree::default();
    for step in steps {
        let event = tree.step(events.len() as Seq + 1, step);
        events.extend(event.map(AnyEvent::from));
    }
    let last = events.len() as Seq;
    // A link to each place, whatever has become of it since.
    let places: Vec<Seq> = tree.parents.keys().copied().collect();
    for node in &places {
        let shared = LinkShared { node: *node, protected: false, expires_at: None };
        events.push(SpaceEvent::from(shared).into());
    }
    put(&journal, &make, space, &mut head, &events, None).await;
    for (n, root) in places.iter().enumerate() {
        let link = last + 1 + n as Seq;
        check(&queries, &tree, (space.id, link), *root, last).await;
    }
}

async fn check(queries: &Queries, tree: &Tree, link: (Uuid, Seq), root: Seq, last: Seq) {
    let found = queries.drive_link(link.0, link.1).await.unwrap();
    assert_eq!(found.is_some(), tree.way(root, root).is_some(), "a link to {root}");
    let Some(found) = found else { return };
    for node in 0..=last + 1 {
        let path = queries.drive_linked(&found, node).await.unwrap();
        let path = path.map(|path| path.iter().map(|node| node.node).collect::<Vec<_>>());
        assert_eq!(path, tree.way(root, node), "from {root} to {node}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_link_to_a_folder_leads_down_and_never_out(
        steps in prop::collection::vec((0..10_u8, any::<u64>(), any::<u64>()), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(leads_down_only(steps));
    }
}
