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
            $place => api_keys
            a_key_is_read_as_written_and_revoked_once
            the_hour_of_a_keys_last_use_never_goes_back
            users_are_listed_a_page_at_a_time
        }
        crate::place::suite_in! {
            $place => suite
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
    };
    ($place:expr => $file:ident $($test:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::$file::$test(&$place).await;
            }
        )*
    };
}
pub(crate) use suite_in;
