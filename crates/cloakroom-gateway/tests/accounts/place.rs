//! Where accounts may be.

use cloakroom_gateway::accounts::Accounts;
use cloakroom_stores::{Changed, Part, StoreUrl, TableSchema};

/// A kind of database.
pub(crate) trait Place {
    /// An address where nobody has been, as long as `self` lives.
    fn fresh(&self) -> StoreUrl;
}

/// The accounts as one instance opens them.
pub(crate) async fn opened(url: &StoreUrl) -> Accounts {
    Accounts::open(url).await.unwrap()
}

/// Changes what is there behind the back of whoever has it open.
pub(crate) async fn meddle(url: &StoreUrl, statement: &'static [Part]) {
    const NOTHING: TableSchema = TableSchema { component: "test", sqlite: &[], postgres: &[], mysql: &[] };
    let tables = url.open_tables(&NOTHING).await.unwrap();
    assert_eq!(tables.change("meddle", statement, Vec::new()).await.unwrap(), Changed::Done);
}

/// Makes a test for each promise, in one kind of database.
macro_rules! suite_in {
    ($place:expr) => {
        crate::place::suite_in! {
            administration $place =>
            of_administrators_who_take_each_other_away_at_once_one_stays
            where_nobody_administers_nobody_is_missed
            a_link_sets_a_password_once_until_its_end_and_is_replaced_by_the_next
            of_many_who_use_a_link_at_once_one_sets_the_password
            who_has_proved_an_older_password_changes_nothing
            users_are_found_by_how_names_and_addresses_begin_by_role_and_by_state
        }
        crate::place::suite_in! {
            api_keys $place =>
            a_key_is_read_as_written_and_revoked_once
            the_hour_of_a_keys_last_use_never_goes_back
            users_are_listed_a_page_at_a_time
        }
        crate::place::suite_in! {
            events $place =>
            instances_that_write_at_once_are_followed_without_a_loss_and_without_a_double
            events_are_read_as_written_by_user_and_kind_and_time
            the_database_tells_its_time
        }
        crate::place::suite_in! {
            suite $place =>
            a_name_belongs_to_one_user_in_every_spelling
            a_user_is_read_as_written
            what_applications_are_told_is_read_as_written
            who_has_seen_an_older_profile_changes_nothing
            of_many_who_add_a_group_at_once_each_is_heard
            users_are_listed_by_name
            one_who_is_disabled_is_so_on_every_instance_until_enabled
            of_many_who_want_a_name_at_once_one_gets_it
            a_set_up_link_works_once
            a_set_up_link_dies_after_a_quarter_of_an_hour
            the_links_of_two_instances_work_side_by_side_until_one_is_used
            a_set_up_link_is_dead_once_a_user_exists
            of_many_who_use_a_link_at_once_one_becomes_administrator
            of_many_who_use_links_of_their_own_at_once_one_becomes_administrator
            a_stronger_hash_never_undoes_a_password_change
            the_password_of_nobody_cannot_be_set
            instances_that_start_together_make_the_tables_once
            accounts_share_the_database_of_the_sessions
            the_users_of_an_earlier_release_are_told_of_as_before_until_edited
            a_signing_key_is_found_by_every_instance_until_its_end
            signing_keys_that_are_there_are_retired_together_and_none_that_comes_after
            accounts_of_a_newer_release_are_refused
            a_row_that_cannot_be_ours_is_an_error
        }
        crate::place::suite_in! {
            identities $place =>
            a_user_of_a_provider_is_found_by_issuer_and_subject_and_has_no_password
            a_name_that_is_taken_makes_neither_a_user_nor_a_link
            of_many_tabs_of_a_newcomer_one_makes_the_user
            somebody_at_a_provider_is_one_user_until_unlinked
            the_sessions_of_a_provider_are_found_by_its_name_for_them
            what_is_noted_once_is_noted_once_whoever_asks_at_the_same_moment
            a_note_is_found_from_its_time_on_and_gone_after_its_end
        }
    };
    ($suite:ident $place:expr => $($test:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::$suite::$test(&$place).await;
            }
        )*
    };
}
pub(crate) use suite_in;
