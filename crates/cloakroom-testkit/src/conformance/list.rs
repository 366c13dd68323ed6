//! Which checks there are. Each is named here once; the lists and the tests are both made from this.

use cloakroom_core::store::{Changes, Store, SubjectIndex};

use super::check::Check;
use super::{changes, index, shared, store};

/// What every store promises.
pub fn store_checks<S: Store>() -> Vec<Check<S>> {
    crate::__each_store_check!(__list[store])
}

/// What a store with a subject index promises besides.
pub fn index_checks<S: SubjectIndex>() -> Vec<Check<S>> {
    crate::__each_index_check!(__list[index])
}

/// What a store promises that several nodes share, or that outlives a restart.
pub fn shared_store_checks<S: Store>() -> Vec<Check<S>> {
    crate::__each_shared_store_check!(__list[shared])
}

/// What a subject index promises that several nodes share, or that outlives a restart.
pub fn shared_index_checks<S: SubjectIndex>() -> Vec<Check<S>> {
    crate::__each_shared_index_check!(__list[shared])
}

/// What a store promises that tells of changes. Each listens on one node to what another does.
pub fn change_checks<S: Changes + SubjectIndex>() -> Vec<Check<S>> {
    crate::__each_change_check!(__list[changes])
}

/// Makes a list of checks.
#[doc(hidden)]
#[macro_export]
macro_rules! __list {
    ([$area:ident] $($file:ident::$check:ident)*) => {
        vec![$(Check::new(stringify!($check), |harness| Box::pin($area::$file::$check(harness)))),*]
    };
}

/// Makes a test of each check.
#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    ([$list:ident $fixture:expr] $($file:ident::$check:ident)*) => {
        $(
            #[test]
            fn $check() {
                $crate::conformance::run_as_test(
                    &$crate::conformance::$list(),
                    stringify!($check),
                    $fixture,
                );
            }
        )*
    };
}

/// The checks of [`store_checks`].
#[doc(hidden)]
#[macro_export]
macro_rules! __each_store_check {
    ($then:ident $with:tt) => {
        $crate::$then! {
            $with
            load::an_unknown_session_loads_as_none
            load::a_session_loads_as_it_was_inserted
            load::bodies_come_back_octet_for_octet_up_to_64_kib
            load::subjects_come_back_octet_for_octet
            load::addresses_come_back_as_they_were
            load::timestamps_come_back_to_the_millisecond
            load::a_timestamp_without_end_comes_back_as_one
            load::sessions_of_neighbouring_ids_do_not_mix
            load::an_expired_session_loads_like_any_other
            load::load_now_answers_as_load_does_or_not_at_all
            load::errors_carry_the_name_of_the_store
            insert::an_id_has_one_place_for_each_subject
            insert::a_taken_id_is_refused_as_a_duplicate
            insert::a_duplicate_spares_the_session_that_it_was_to_replace
            insert::an_insert_ends_the_session_that_it_replaces
            insert::an_insert_loses_against_a_write_to_its_predecessor
            insert::an_insert_does_not_lose_against_a_touch_of_its_predecessor
            insert::an_insert_that_replaces_nothing_that_exists_creates_nothing
            insert::an_insert_creates_no_more_than_its_session
            replace::a_replace_writes_every_column
            replace::every_replace_gives_another_version
            replace::a_replace_of_a_version_that_is_not_there_is_lost
            replace::a_replace_never_creates
            replace::a_replace_keeps_the_later_of_both_timestamps_each_on_its_own
            replace::a_replace_that_read_before_a_touch_wins_and_keeps_the_touch
            replace::a_replace_changes_no_other_session
            touch::a_touch_moves_both_timestamps_and_nothing_else
            touch::a_touch_changes_no_version
            touch::a_touch_moves_nothing_back
            touch::a_touch_moves_each_timestamp_on_its_own
            touch::a_touch_never_creates
            touch::a_touch_changes_no_other_session
            revoke::a_revoked_session_is_gone_for_every_operation
            revoke::a_revoke_says_whether_it_ended_the_session
            revoke::a_revoke_ends_no_other_session
            revoke::an_expired_session_is_touched_written_and_revoked_like_any_other
            purge::a_purge_takes_the_rows_that_expire_at_or_before_now
            purge::a_purge_removes_at_most_rows_max_and_counts_them
            purge::a_purge_spares_what_is_live
            purge::a_purge_spares_a_session_that_was_touched
            purge::a_purge_spares_a_session_that_was_prolonged_by_a_replace
            purge::a_purge_counts_no_session_that_was_ended_before
            purge::a_purged_session_is_gone_for_every_operation
            purge::a_purge_takes_any_moment_and_any_number_of_rows
            races::of_many_replaces_of_one_version_one_wins
            races::a_hundred_concurrent_increments_lose_nothing
            races::of_many_inserts_that_replace_one_session_one_wins
            races::of_many_inserts_of_one_id_one_wins
            races::of_many_revokes_one_ends_the_session
            races::a_touch_beside_a_replace_is_not_lost
            races::a_session_that_was_prolonged_outlives_a_concurrent_purge
            races::a_load_beside_writes_sees_whole_rows
            resurrection::a_replace_in_flight_does_not_bring_back_a_revoked_session
            resurrection::a_touch_in_flight_does_not_bring_back_a_revoked_session
            resurrection::a_revoke_and_an_insert_that_replaces_agree_on_who_was_first
            dropped::a_dropped_insert_is_whole_or_nothing
            dropped::a_dropped_replace_is_whole_or_nothing
            dropped::a_dropped_touch_is_whole_or_nothing
            dropped::a_dropped_revoke_is_whole_or_nothing
            dropped::the_store_works_on_after_futures_were_dropped
            random::any_order_of_operations_is_answered_as_by_the_model
            random::concurrent_operations_break_no_promise
        }
    };
}

/// The checks of [`index_checks`].
#[doc(hidden)]
#[macro_export]
macro_rules! __each_index_check {
    ($then:ident $with:tt) => {
        $crate::$then! {
            $with
            sign_in::a_sign_in_creates_a_session_as_an_insert_does
            sign_in::a_sign_in_ends_the_session_that_it_replaces
            sign_in::a_sign_in_that_is_lost_gone_or_a_duplicate_changes_nothing
            fence::a_sign_in_that_began_before_its_subject_was_revoked_is_fenced
            fence::a_fenced_sign_in_changes_nothing
            fence::a_sign_in_that_began_after_a_revocation_is_done
            fence::revoking_a_subject_stops_no_sign_in_of_another
            fence::revoking_a_subject_without_sessions_fences_too
            fence::revoking_all_but_one_session_fences_too
            fence::a_fence_holds_through_later_revocations_of_others
            fence::revoking_everyone_fences_every_sign_in_that_began
            fence::ending_single_sessions_fences_no_sign_in
            list::a_list_has_all_sessions_of_its_subject_and_no_other
            list::a_list_is_in_the_order_of_creation
            list::a_list_has_expired_sessions_too
            list::subjects_are_told_apart_octet_for_octet
            list::a_list_shows_rows_as_they_are_now
            list::an_ended_session_leaves_the_index
            list::a_purge_leaves_live_sessions_in_the_index
            list::a_session_inserted_without_a_fence_is_listed_too
            list::the_index_follows_a_replace_of_the_subject
            page::a_walk_by_pages_meets_every_session
            page::a_page_is_bounded
            search::a_search_finds_what_is_wanted_and_nothing_else
            cap::a_cap_that_evicts_ends_the_first_created
            cap::an_evicted_session_is_gone_for_every_operation
            cap::a_cap_that_refuses_changes_nothing
            cap::a_cap_lets_in_as_many_as_it_says
            cap::expired_sessions_do_not_count_to_a_cap
            cap::a_cap_goes_by_when_sessions_end_now
            cap::the_session_that_is_replaced_does_not_count_to_a_cap
            cap::replacing_a_session_of_nobody_makes_no_room
            cap::a_cap_counts_its_own_subject_alone
            cap::ended_sessions_make_room_under_a_cap
            revoke::revoking_a_subject_ends_its_sessions_and_says_which
            revoke::revoking_a_subject_spares_the_session_to_spare
            revoke::revoking_a_subject_leaves_others_alone
            revoke::revoking_everyone_ends_and_counts_every_session
            revoke::life_goes_on_after_everyone_was_revoked
            revocations::no_sign_in_that_began_survives_the_revocation_of_its_subject
            revocations::no_sign_in_that_began_survives_the_revocation_of_everyone
            revocations::sign_ins_and_revocations_in_any_order_agree
            races::parallel_sign_ins_keep_a_cap_that_refuses
            races::parallel_sign_ins_keep_a_cap_that_evicts
            races::of_many_sign_ins_that_replace_one_session_one_wins
            revocations::a_list_never_shows_a_session_that_was_revoked_before
            revocations::nothing_in_flight_brings_back_sessions_of_a_revoked_subject
            races::after_parallel_sign_ins_revoking_the_others_leaves_one
            races::a_walk_by_pages_misses_no_session_that_stays
            dropped::a_dropped_sign_in_is_whole_or_nothing
            dropped::a_dropped_revocation_of_a_subject_is_whole_or_nothing
            dropped::a_dropped_revocation_of_everyone_is_whole_or_nothing
            random::any_order_of_sign_ins_and_revocations_is_answered_as_by_the_model
        }
    };
}

/// The checks of [`shared_store_checks`].
#[doc(hidden)]
#[macro_export]
macro_rules! __each_shared_store_check {
    ($then:ident $with:tt) => {
        $crate::$then! {
            $with
            store::what_one_node_wrote_the_other_reads
            store::a_session_revoked_on_one_node_is_gone_on_the_other
            store::increments_on_two_nodes_lose_nothing
            store::a_write_on_one_node_does_not_bring_back_what_another_revoked
            store::what_returned_outlives_a_restart
        }
    };
}

/// The checks of [`shared_index_checks`].
#[doc(hidden)]
#[macro_export]
macro_rules! __each_shared_index_check {
    ($then:ident $with:tt) => {
        $crate::$then! {
            $with
            index::a_revocation_on_one_node_stops_sign_ins_on_the_other
            index::a_cap_holds_for_sign_ins_on_two_nodes
            index::a_revocation_outlives_a_restart
        }
    };
}

/// The checks of [`change_checks`].
#[doc(hidden)]
#[macro_export]
macro_rules! __each_change_check {
    ($then:ident $with:tt) => {
        $crate::$then! {
            $with
            told::a_write_is_told
            told::a_revocation_is_told
            told::the_end_of_a_replaced_session_is_told
            told::all_ends_by_a_sign_in_are_told
            told::the_revocation_of_a_subject_is_told
            told::the_revocation_of_everyone_is_told
            told::what_is_told_can_be_read
        }
    };
}
