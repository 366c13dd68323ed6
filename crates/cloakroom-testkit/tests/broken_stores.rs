//! The suite on deliberately broken stores: each fault is named by the checks that are there for it, and there is
//! no check that nothing can fail.

use std::collections::BTreeSet;

use cloakroom_testkit::broken::{BrokenStore, Fault};
use cloakroom_testkit::conformance::{
    Check, index_checks, shared_index_checks, shared_store_checks, store_checks,
};
use tokio::runtime::Builder;

/// Which checks name a fault.
enum Named {
    /// Every one of these, every time.
    ByAll(&'static [&'static str]),
    /// At least one of these: the fault shows only when two callers meet in the wrong order.
    ByAny(&'static [&'static str]),
}

impl Named {
    const fn by(&self) -> &'static [&'static str] {
        match self {
            Self::ByAll(names) | Self::ByAny(names) => names,
        }
    }
}

fn all_checks() -> Vec<Check<BrokenStore>> {
    [store_checks(), index_checks(), shared_store_checks(), shared_index_checks()].concat()
}

/// The names of those checks that the faulty store fails.
fn failing(fault: Fault, names: &[&'static str]) -> BTreeSet<&'static str> {
    let checks = all_checks();
    let runtime =
        Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("there are threads");
    let fails = |name: &&str| {
        let check = checks.iter().find(|check| check.name() == *name).expect("the table names checks");
        runtime.block_on(check.run(BrokenStore::fixture(fault))).is_err()
    };
    names.iter().copied().filter(fails).collect()
}

/// Makes the table, and a test of each of its lines.
macro_rules! the_suite_names {
    ($($fault:ident: $how:ident [$($check:ident),+ $(,)?];)+) => {
        const TABLE: &[(Fault, Named)] =
            &[$((Fault::$fault, Named::$how(&[$(stringify!($check)),+]))),+];

        #[expect(non_snake_case, reason = "each test is named as the fault that the suite names")]
        mod the_suite_names {
            use super::*;

            $(
                #[test]
                fn $fault() {
                    is_named(Fault::$fault);
                }
            )+
        }
    };
}

fn is_named(fault: Fault) {
    let (_, named) =
        TABLE.iter().find(|(known, _)| *known == fault).expect("each test is a line of the table");
    let found_by = failing(fault, named.by());
    match named {
        Named::ByAll(checks) => {
            assert_eq!(
                found_by,
                checks.iter().copied().collect(),
                "these name {fault:?}, of those that must"
            );
        }
        Named::ByAny(checks) => assert!(!found_by.is_empty(), "none of {checks:?} names {fault:?}"),
    }
}

the_suite_names! {
    LoadFailsOnUnknown: ByAll [an_unknown_session_loads_as_none];
    LoadHidesExpired: ByAll [an_expired_session_loads_like_any_other];
    LoadNowKeepsWhatItRead: ByAll [load_now_answers_as_load_does_or_not_at_all];
    BodiesAreCut: ByAll [
        bodies_come_back_octet_for_octet_up_to_64_kib,
        a_replace_writes_every_column,
        a_sign_in_creates_a_session_as_an_insert_does,
    ];
    SubjectsAreFolded: ByAll [subjects_come_back_octet_for_octet];
    AddressesAreUnmapped: ByAll [addresses_come_back_as_they_were];
    TimestampsAreRounded: ByAll [timestamps_come_back_to_the_millisecond];
    TimestampsWrap: ByAll [a_timestamp_without_end_comes_back_as_one];
    IdsAreFolded: ByAll [sessions_of_neighbouring_ids_do_not_mix];
    ErrorsAreMisnamed: ByAll [errors_carry_the_name_of_the_store];
    DroppedFuturesLeak: ByAll [the_store_works_on_after_futures_were_dropped];

    PlacesWander: ByAll [an_id_has_one_place_for_each_subject];
    InsertBeginsAtZero: ByAll [a_session_loads_as_it_was_inserted];
    InsertOverwrites: ByAll [
        a_taken_id_is_refused_as_a_duplicate,
        of_many_inserts_of_one_id_one_wins,
        any_order_of_operations_is_answered_as_by_the_model,
    ];
    InsertEndsPredecessorOfDuplicate: ByAll [a_duplicate_spares_the_session_that_it_was_to_replace];
    InsertKeepsPredecessor: ByAll [an_insert_ends_the_session_that_it_replaces];
    InsertIgnoresVersion: ByAll [an_insert_loses_against_a_write_to_its_predecessor];
    InsertThoughGone: ByAll [
        an_insert_that_replaces_nothing_that_exists_creates_nothing,
        of_many_inserts_that_replace_one_session_one_wins,
    ];
    InsertInTwoSteps: ByAll [a_dropped_insert_is_whole_or_nothing];
    InsertChecksThenActs: ByAny [
        of_many_inserts_that_replace_one_session_one_wins,
        of_many_inserts_of_one_id_one_wins,
        a_revoke_and_an_insert_that_replaces_agree_on_who_was_first,
    ];
    InsertEndsNeighbour: ByAll [an_insert_creates_no_more_than_its_session];

    ReplaceCreates: ByAll [a_replace_never_creates, a_revoked_session_is_gone_for_every_operation];
    ReplaceIgnoresVersion: ByAll [
        a_replace_of_a_version_that_is_not_there_is_lost,
        of_many_replaces_of_one_version_one_wins,
    ];
    ReplaceUndoesTouch: ByAll [
        a_replace_keeps_the_later_of_both_timestamps_each_on_its_own,
        a_replace_that_read_before_a_touch_wins_and_keeps_the_touch,
    ];
    ReplaceKeepsTimestampsAsPair: ByAll [a_replace_keeps_the_later_of_both_timestamps_each_on_its_own];
    ReplaceResetsVersion: ByAll [every_replace_gives_another_version];
    ReplaceByEqualKeepsVersion: ByAll [every_replace_gives_another_version];
    ReplaceForgetsColumns: ByAll [a_replace_writes_every_column];
    ReplaceChecksThenWrites: ByAny [
        a_hundred_concurrent_increments_lose_nothing,
        increments_on_two_nodes_lose_nothing,
        of_many_replaces_of_one_version_one_wins,
    ];
    ReplaceInTwoSteps: ByAll [a_dropped_replace_is_whole_or_nothing, a_load_beside_writes_sees_whole_rows];
    ReplaceWritesNeighbour: ByAll [a_replace_changes_no_other_session];
    ReplaceBringsBack: ByAny [
        a_replace_in_flight_does_not_bring_back_a_revoked_session,
        nothing_in_flight_brings_back_sessions_of_a_revoked_subject,
        a_list_never_shows_a_session_that_was_revoked_before,
        concurrent_operations_break_no_promise,
    ];

    TouchCreates: ByAll [a_touch_never_creates];
    TouchMovesBack: ByAll [a_touch_moves_nothing_back];
    TouchChangesVersion: ByAll [
        a_touch_changes_no_version,
        a_replace_that_read_before_a_touch_wins_and_keeps_the_touch,
        an_insert_does_not_lose_against_a_touch_of_its_predecessor,
    ];
    TouchMovesTimestampsAsPair: ByAll [a_touch_moves_each_timestamp_on_its_own];
    TouchInTwoSteps: ByAll [a_dropped_touch_is_whole_or_nothing];
    TouchMovesNeighbour: ByAll [a_touch_changes_no_other_session];
    TouchEmptiesColumn: ByAll [a_touch_moves_both_timestamps_and_nothing_else];
    TouchJudges: ByAll [an_expired_session_is_touched_written_and_revoked_like_any_other];
    TouchBringsBack: ByAny [
        a_touch_in_flight_does_not_bring_back_a_revoked_session,
        a_touch_beside_a_replace_is_not_lost,
        a_write_on_one_node_does_not_bring_back_what_another_revoked,
    ];

    RevokeLeavesIndexEntry: ByAll [
        an_ended_session_leaves_the_index,
        ended_sessions_make_room_under_a_cap,
        a_list_never_shows_a_session_that_was_revoked_before,
    ];
    RevokeAlwaysSaysDone: ByAll [a_revoke_says_whether_it_ended_the_session, of_many_revokes_one_ends_the_session];
    RevokeEndsNeighbour: ByAll [a_revoke_ends_no_other_session];
    RevokeOnlyHides: ByAll [a_revoked_session_is_gone_for_every_operation];
    RevokeInTwoSteps: ByAll [a_dropped_revoke_is_whole_or_nothing];
    RevokeChecksThenActs: ByAny [
        of_many_revokes_one_ends_the_session,
        a_revoke_and_an_insert_that_replaces_agree_on_who_was_first,
    ];

    PurgeSparesNow: ByAll [a_purge_takes_the_rows_that_expire_at_or_before_now];
    PurgeIgnoresRowsMax: ByAll [a_purge_removes_at_most_rows_max_and_counts_them];
    PurgeStopsEarly: ByAll [a_purge_removes_at_most_rows_max_and_counts_them];
    PurgeGoesByFirstEnd: ByAll [
        a_purge_spares_a_session_that_was_touched,
        a_purge_spares_a_session_that_was_prolonged_by_a_replace,
        a_purge_leaves_live_sessions_in_the_index,
    ];
    PurgeForgetsProlonged: ByAll [
        a_purge_spares_a_session_that_was_touched,
        a_purge_spares_a_session_that_was_prolonged_by_a_replace,
    ];
    PurgeTakesLive: ByAll [a_purge_spares_what_is_live];
    PurgeCountsEnded: ByAll [a_purge_counts_no_session_that_was_ended_before];
    PurgeOnlyHides: ByAll [a_purged_session_is_gone_for_every_operation];
    PurgeOverflows: ByAll [a_purge_takes_any_moment_and_any_number_of_rows];
    PurgeChecksThenRemoves: ByAny [a_session_that_was_prolonged_outlives_a_concurrent_purge];

    SignInsAreNotListed: ByAll [
        a_list_has_all_sessions_of_its_subject_and_no_other,
        after_parallel_sign_ins_revoking_the_others_leaves_one,
        any_order_of_sign_ins_and_revocations_is_answered_as_by_the_model,
    ];
    InsertsAreNotListed: ByAll [a_session_inserted_without_a_fence_is_listed_too];
    ListOmitsExpired: ByAll [a_list_has_expired_sessions_too];
    ListHasNewestFirst: ByAll [a_list_is_in_the_order_of_creation];
    ListStopsAtHundred: ByAll [a_list_has_all_sessions_of_its_subject_and_no_other];
    ListMatchesPrefixes: ByAll [subjects_are_told_apart_octet_for_octet];
    ListShowsRowsAsInserted: ByAll [a_list_shows_rows_as_they_are_now];
    IndexIgnoresCase: ByAll [subjects_are_told_apart_octet_for_octet];
    IndexKeepsFirstSubject: ByAll [the_index_follows_a_replace_of_the_subject];
    EndedStayListed: ByAll [an_ended_session_leaves_the_index, a_sign_in_ends_the_session_that_it_replaces];
    PurgeUnlistsProlonged: ByAll [a_purge_leaves_live_sessions_in_the_index];
    PageSortsOtherwise: ByAll [
        a_walk_by_pages_meets_every_session,
        a_walk_by_pages_misses_no_session_that_stays,
    ];
    PageRepeatsItsStart: ByAll [a_walk_by_pages_meets_every_session];
    PageIgnoresRowsMax: ByAll [a_page_is_bounded];
    PageOmitsVisitors: ByAll [a_walk_by_pages_meets_every_session];
    SearchIgnoresAddress: ByAll [a_search_finds_what_is_wanted_and_nothing_else];
    SearchEndsWithEmptyPage: ByAll [a_search_finds_what_is_wanted_and_nothing_else];

    SignInKeepsPredecessor: ByAll [a_sign_in_ends_the_session_that_it_replaces];
    SignInIgnoresVersion: ByAll [a_sign_in_that_is_lost_gone_or_a_duplicate_changes_nothing];
    SignInForgetsColumns: ByAll [a_sign_in_creates_a_session_as_an_insert_does];
    SignInInTwoSteps: ByAll [a_dropped_sign_in_is_whole_or_nothing];
    SignInChecksThenActs: ByAny [of_many_sign_ins_that_replace_one_session_one_wins];

    CapLetsInOneMore: ByAll [
        a_cap_that_evicts_ends_the_first_created,
        a_cap_that_refuses_changes_nothing,
        parallel_sign_ins_keep_a_cap_that_refuses,
        parallel_sign_ins_keep_a_cap_that_evicts,
        a_cap_holds_for_sign_ins_on_two_nodes,
    ];
    CapLetsInOneLess: ByAll [a_cap_lets_in_as_many_as_it_says];
    CapChecksThenActs: ByAny [
        parallel_sign_ins_keep_a_cap_that_refuses,
        parallel_sign_ins_keep_a_cap_that_evicts,
        a_cap_holds_for_sign_ins_on_two_nodes,
    ];
    CapCountsExpired: ByAll [expired_sessions_do_not_count_to_a_cap];
    CapEvictsNewest: ByAll [a_cap_that_evicts_ends_the_first_created];
    CapCountsReplaced: ByAll [the_session_that_is_replaced_does_not_count_to_a_cap];
    CapCountsEverybody: ByAll [a_cap_counts_its_own_subject_alone];
    CapRefusesButReplaces: ByAll [a_cap_that_refuses_changes_nothing];
    CapGoesByFirstEnd: ByAll [a_cap_goes_by_when_sessions_end_now];
    CapOnlyNamesEvicted: ByAll [an_evicted_session_is_gone_for_every_operation];
    CapMakesRoomForAnyReplaced: ByAll [replacing_a_session_of_nobody_makes_no_room];
    CapCountsEnded: ByAll [ended_sessions_make_room_under_a_cap];

    FenceIsIgnored: ByAll [
        a_sign_in_that_began_before_its_subject_was_revoked_is_fenced,
        a_revocation_on_one_node_stops_sign_ins_on_the_other,
    ];
    FenceIgnoresEveryone: ByAll [revoking_everyone_fences_every_sign_in_that_began];
    FenceNeedsSessions: ByAll [revoking_a_subject_without_sessions_fences_too];
    FenceNeedsNoSpare: ByAll [revoking_all_but_one_session_fences_too];
    FenceStopsOthers: ByAll [revoking_a_subject_stops_no_sign_in_of_another];
    FenceStopsLater: ByAll [
        a_sign_in_that_began_after_a_revocation_is_done,
        sign_ins_and_revocations_in_any_order_agree,
    ];
    FencedButReplaces: ByAll [a_fenced_sign_in_changes_nothing];
    FenceIsSetByRevoke: ByAll [ending_single_sessions_fences_no_sign_in];
    FenceIsPurged: ByAll [a_fence_holds_through_later_revocations_of_others];
    FenceChecksThenActs: ByAny [
        no_sign_in_that_began_survives_the_revocation_of_its_subject,
        no_sign_in_that_began_survives_the_revocation_of_everyone,
    ];
    FenceIsForgottenAtRestart: ByAll [a_revocation_outlives_a_restart];

    RevocationForgetsSpare: ByAll [revoking_a_subject_spares_the_session_to_spare];
    RevocationListsThenEnds: ByAny [
        no_sign_in_that_began_survives_the_revocation_of_its_subject,
        no_sign_in_that_began_survives_the_revocation_of_everyone,
        sign_ins_and_revocations_in_any_order_agree,
    ];
    RevocationInTwoSteps: ByAll [a_dropped_revocation_of_a_subject_is_whole_or_nothing];
    RevocationOmitsExpired: ByAll [revoking_a_subject_ends_its_sessions_and_says_which];
    RevocationEndsVisitors: ByAll [revoking_a_subject_leaves_others_alone];
    RevocationReturnsOne: ByAll [revoking_a_subject_ends_its_sessions_and_says_which];
    EveryoneSparesVisitors: ByAll [revoking_everyone_ends_and_counts_every_session];
    EveryoneCountsSubjectsOnly: ByAll [revoking_everyone_ends_and_counts_every_session];
    EveryoneIsForGood: ByAll [life_goes_on_after_everyone_was_revoked];
    EveryoneInTwoSteps: ByAll [a_dropped_revocation_of_everyone_is_whole_or_nothing];

    NodeCachesReads: ByAll [a_session_revoked_on_one_node_is_gone_on_the_other];
    NodeWritesBehind: ByAll [what_one_node_wrote_the_other_reads, what_returned_outlives_a_restart];
}

#[test]
fn every_fault_is_in_the_table() {
    let known: BTreeSet<_> = TABLE.iter().map(|(fault, _)| *fault).collect();
    assert_eq!(known, Fault::ALL.iter().copied().collect());
}

#[test]
fn every_check_names_a_fault() {
    let naming: BTreeSet<_> = TABLE.iter().flat_map(|(_, named)| named.by()).copied().collect();
    let idle: Vec<_> = all_checks().iter().map(Check::name).filter(|name| !naming.contains(name)).collect();
    assert_eq!(idle, Vec::<&str>::new(), "no broken store fails these checks");
}

#[test]
fn every_check_has_a_name_of_its_own() {
    let names: BTreeSet<_> = all_checks().iter().map(Check::name).collect();
    assert_eq!(names.len(), all_checks().len());
}
