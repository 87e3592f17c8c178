//! The store's promises. [`cases`] is the conformance suite: one generic case a promise, run
//! on every implementation of `Journal`; a later store adds one line to `conformance!`.
//! Beside it: what only SQLite has (files, crashes, read models, queries, transfer).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod blobs;
mod cases;
mod files;
mod groups;
mod links;
mod messages;
mod migrations;
mod plans;
mod push;
mod queries;
mod random;
mod s3;
mod search;
mod search_things;
mod shelves;
mod support;
mod tasks;
mod transfer;
mod units;

/// Runs every case on a fresh store of each kind.
macro_rules! conformance {
    ($($case:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $case() {
                super::cases::$case(std::sync::Arc::new(persistence::MemoryJournal::new())).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test] async fn $case() {
                let store = super::support::Store::new();
                let (journal, _) = store.open().await;
                super::cases::$case(std::sync::Arc::new(journal)).await;
            })*
        }
    };
}

conformance! {
    numbers_are_dense_and_versions_are_checked,
    a_gap_or_a_foreign_history_is_refused,
    a_repeated_command_gets_its_first_outcome,
    a_repeated_command_in_one_batch_is_stored_once,
    a_poisoned_member_fails_alone,
    effects_are_committed_with_their_events,
    a_consumed_row_leaves_with_its_command,
    redaction_removes_the_body_and_the_chain_holds,
    cursors_move_forward_and_are_capped,
    a_snapshot_shortens_the_load,
    of_many_appenders_one_wins,
    an_id_belongs_to_one_kind,
    pages_are_read_both_ways,
    a_long_batch_over_many_streams_keeps_its_order,
    an_empty_store_answers,
    no_open_unit_comes_to_stand_below_a_closed_one,
}
