//! Threats: each attack, how it works, what stops it, and the tests that prove it.
//!
//! *On by itself* means that the library does it without being asked; otherwise the layer or setting to switch on is named. The
//! tests are named as the sentence that they prove; `cargo xtask tidy` fails when one of them does not exist. Those of the folder `browsers` run
//! in Chromium and Firefox, each beside its control: the same attack on the same page without that one defence, where it succeeds.
//!
//! # Getting hold of a session
//!
//! | attack | how it works | what stops it | tests |
//! |---|---|---|---|
//! | Guessing | tokens are tried until one is good | on by itself: 256 random bits beside a public handle; a wrong secret changes nothing | `sid_01_two_thousand_tokens_show_no_pattern`, `behaviour_13_a_known_id_with_a_wrong_secret_opens_and_changes_nothing` |
//! | Reading the token | what is in the cookie tells of the user or the server | on by itself: it is random, and nothing else | `sid_03_a_token_tells_nothing_about_its_session` |
//! | Stealing by script | an injected script reads `document.cookie` | on by itself: `HttpOnly`, which cannot be switched off | `behaviour_29_every_cookie_and_its_removal_have_the_same_full_set_of_attributes`, `atr_02_no_script_reads_the_session_cookie` |
//! | Acting by script | an injected script acts as the user, without the token | [`SecurityHeaders`](crate::headers::SecurityHeaders): only scripts with the response's nonce run | `hdr_05_every_page_has_a_nonce_of_its_own_and_a_policy_that_runs_nothing_else`, `every_story_is_guarded_against_forged_requests_and_injected_scripts`, `hdr_05_no_injected_script_runs_under_the_policy` |
//! | Listening on the line | a request over plain HTTP carries the cookie | on by itself: `Secure`, also behind a proxy that ends TLS; [`SecurityHeaders::over_tls`](crate::headers::SecurityHeaders::over_tls) promises TLS for two years | `atr_01_the_cookie_is_secure_behind_a_proxy_as_well_as_without_one`, `hdr_03_the_default_is_two_years_with_sub_domains_and_without_preload` |
//! | Logs, referrers, caches | the token is repeated where others read it | on by itself: it is in `Set-Cookie` and nowhere else, taken from the cookie only, and what sets it is `no-store` | `sid_06_no_answer_repeats_the_token_outside_of_set_cookie`, `sid_05_the_token_is_taken_from_the_cookie_only`, `behaviour_35_no_store_stands_on_every_answer_that_sets_our_cookie_and_only_there`, `behaviour_28_the_log_and_the_events_hold_no_token` |
//! | A copy of the store | a backup or a replica is read | on by itself: a store holds digests only | `sto_01_a_dump_of_the_store_holds_no_token_and_no_secret`, `behaviour_28_no_value_of_the_database_works_as_a_cookie_in_any_encoding` |
//! | Using a stolen copy beside the owner | both go on with the same token | [`Sessions::renewal`](crate::Sessions::renewal): a token that was renewed away ends the session and raises an alarm, since one of the two is a thief | `behaviour_19_a_use_after_the_grace_ends_the_session_where_the_policy_says_so`, `behaviour_20_an_honest_browser_is_never_locked_out_nor_called_a_thief` |
//! | Stealing the long-lived cookie | a remembered browser's cookie is copied and used weeks later | [`remember`](crate::remember), where it is on: it proves nothing, each use replaces it, and when both have used it all that came of it ends | `lif_12_a_remembered_browser_gets_its_user_back_and_does_nothing_of_weight_before_a_proof`, `lif_12_a_token_that_was_replaced_long_ago_ends_all_that_came_of_its_series`, `lif_12_a_thief_who_hides_the_new_token_loses_the_session_when_the_owner_comes_back`, `a_stolen_long_lived_cookie_ends_what_came_of_it_when_both_have_used_it` |
//!
//! # Planting a session
//!
//! | attack | how it works | what stops it | tests |
//! |---|---|---|---|
//! | Fixation | the attacker's visitor session is planted, and the victim signs in with it | on by itself: a sign-in makes a new session and ends the old one in the same step | `rot_01_sign_in_issues_a_new_id_and_kills_the_one_before`, `behaviour_12_a_sign_in_from_a_planted_anonymous_session_kills_it_and_keeps_marked_slots_only`, `rot_04_cookies_forced_on_a_victim_sign_nobody_in`, `rot_04_a_planted_session_is_useless_after_the_sign_in` |
//! | Made-up IDs | the server adopts an ID that it never issued | on by itself: only the server makes IDs | `sid_04_an_id_that_the_server_did_not_issue_is_never_adopted` |
//! | Shadowing | a sibling's host sets a second cookie of the name | on by itself: `__Host-` keeps siblings from setting it, and of two live tokens neither is believed | `pfx_01_the_name_of_the_session_cookie_starts_with_the_host_prefix`, `behaviour_31_two_different_live_tokens_are_refused_and_reported`, `pfx_01_a_neighbour_does_not_overwrite_a_host_session`, `pfx_01_a_script_shadows_no_session_whose_name_says_host` |
//! | A code on the way to another origin | it is read in a log, or planted in a victim's browser, who is signed in as the attacker | [`audience`](crate::audience): a code is good once, for a minute, and in the browser that holds the secret | `a_code_is_good_once_and_in_its_own_browser`, `an_offer_is_good_once_for_its_browser_its_audience_and_its_minute` |
//! | A neighbour's token | an application takes the token that it sees to another | [`audience`](crate::audience): each origin has its own, worth nothing elsewhere | `a_token_is_worth_nothing_at_another_origin`, `each_token_is_good_at_its_own_origin_alone` |
//! | Smuggling a name | encodings, blanks or odd octets make another cookie pass for ours, or hide it | on by itself: names match octet for octet | `pfx_03_a_prefixed_name_in_another_case_is_another_name`, `behaviour_30_a_smuggled_name_does_not_shadow_ours`, `behaviour_32_odd_octets_elsewhere_never_hide_the_session` |
//! | Signing the victim in as the attacker | another site posts the sign-in form | [`Sessions::cross_origin_layer`](crate::Sessions::cross_origin_layer) around the sign-in too | `a_sign_in_from_another_origin_is_refused`, `csr_15_no_other_site_signs_a_visitor_in` |
//!
//! # Riding on a session
//!
//! | attack | how it works | what stops it | tests |
//! |---|---|---|---|
//! | Forged requests | another site makes the browser send a form | on by itself: `SameSite=Lax`; [`Sessions::cross_origin_layer`](crate::Sessions::cross_origin_layer) for what that lets through, such as a sibling's host | `every_unsafe_route_refuses_another_origin_and_changes_nothing`, `behaviour_36_every_row_of_the_decision_table_holds`, `csr_01_csr_10_atr_03_a_forged_post_of_another_site_changes_nothing`, `csr_02_a_forged_post_of_a_neighbour_changes_nothing` |
//! | The same, from an old browser, or a page of ours that others write into | the request looks like ours | [`Sessions::csrf_layer`](crate::Sessions::csrf_layer): a token of the session | `csr_10_a_token_of_the_session_is_wanted_and_nothing_else_will_do`, `behaviour_36_a_token_is_dead_after_a_sign_in_and_after_a_sign_out`, `csr_01_csr_10_atr_03_a_forged_post_of_another_site_changes_nothing` |
//! | Reading a token by compression | the length of a compressed page tells one character after another | on by itself: tokens are masked anew in each page | `csr_12_tokens_differ_in_every_page_and_hide_one_secret` |
//! | Frames | a page of ours is laid, invisible, under the victim's pointer | [`SecurityHeaders`](crate::headers::SecurityHeaders): no frames around it | `hdr_06_a_page_says_how_it_is_to_be_treated`, `hdr_05_no_other_site_frames_a_page` |
//! | A WebSocket from another site | browsers open it with the cookie and without asking | [`Sessions::cross_origin_layer`](crate::Sessions::cross_origin_layer); sockets are opened where the origin is ours | `a_web_socket_needs_a_session_and_our_origin` |
//! | An unlocked screen | somebody sits down at the victim's computer | on by itself: idle and absolute timeouts; [`Reauthenticated`](crate::Reauthenticated) before what weighs more | `lif_01_the_idle_timeout_is_enforced_on_the_server`, `lif_02_the_absolute_timeout_is_enforced_regardless_of_activity`, `closing_an_account_asks_for_the_password_again` |
//!
//! # Outliving the end of a session
//!
//! | attack | how it works | what stops it | tests |
//! |---|---|---|---|
//! | Replay after sign-out | the cookie was kept | on by itself: the row is gone, on every node | `rev_01_a_replayed_cookie_is_dead_at_once_on_every_node`, `behaviour_10_an_ended_value_is_refused_on_every_node_and_after_a_restart` |
//! | A request in flight | it writes the session back that was ended meanwhile | on by itself: only a sign-in or a first write creates a row; all other writes lose | `sto_04_a_late_writer_does_not_resurrect_a_session_in_twenty_tries`, `behaviour_05_revoking_the_subject_beats_everything_in_flight` |
//! | A sign-in in flight | it began with the password from before | [`Session::begin_sign_in`](crate::Session::begin_sign_in) before the password is checked | `behaviour_05_no_sign_in_with_the_old_password_survives_its_change` |
//! | A browser that is remembered | it is signed in again after a sign-out, or with the old password's cookie | [`remember`](crate::remember): what it is remembered by ends first, and whatever is under way loses | `rev_02_a_sign_out_forgets_the_browser_and_takes_both_cookies_away`, `rev_05_a_password_change_forgets_every_browser_of_the_user`, `behaviour_05_a_remembered_sign_in_that_began_before_a_password_change_loses`, `lif_12_nothing_that_was_restored_survives_the_end_of_what_it_was_restored_from_in_any_order` |
//! | The next user of a shared browser | the one before is remembered there, and comes back when the session ends | by itself: a sign-in ends what the browser was remembered by | `behaviour_12_the_next_sign_in_of_a_browser_ends_what_it_was_remembered_by` |
//! | A crash | what was reported as done is undone by it | on by itself: durable before it is reported | `behaviour_39_what_was_acknowledged_just_before_a_kill_is_there_after_it`, `behaviour_39_a_hundred_kills_under_load_break_no_promise` |
//! | A store that is down | a sign-out seems to succeed; or nobody is signed in, and the application takes that for a visitor | on by itself: an error is an error | `behaviour_08_a_sign_out_without_the_store_reports_no_success_and_removes_the_cookie`, `sto_03_a_store_failure_fails_closed_and_the_client_keeps_its_cookie` |
//! | A clock that is set back | what has expired lives again | on by itself: time never goes back for sessions | `behaviour_24_a_wall_clock_set_back_revives_no_expired_session` |
//! | A copy in a cache of ours | a session that was ended elsewhere is read from it | on by itself: within a stated bound, and never for what weighs more | `without_a_channel_a_revocation_takes_effect_elsewhere_when_the_bound_is_over_and_not_later`, `a_session_ended_elsewhere_reads_until_the_bound_is_over_and_does_nothing_of_weight` |
//! | *Back* on a shared computer | the browser shows the page of the user before | [`SecurityHeaders`](crate::headers::SecurityHeaders): `no-store`, and `Clear-Site-Data` at the sign-out; [`PAGE_GUARD`](crate::headers::PAGE_GUARD) | `hdr_02_what_depends_on_the_session_is_not_stored_unless_the_application_says_so`, `rev_11_a_sign_out_over_tls_clears_what_scripts_kept_and_nothing_else_does`, `hdr_02_the_way_back_shows_nothing_private_after_a_sign_out`, `hdr_02_the_way_back_shows_nothing_private_when_the_session_ended_elsewhere` |
//! | An old system's cookie | a copy of it signs in again after the sign-out here | [`moving`](crate::moving): each is good once, and none after a revocation | `an_old_cookie_signs_in_once_on_all_nodes_and_not_after_a_sign_out`, `an_old_cookie_beside_a_session_is_used_up_so_that_signing_out_is_the_end`, `after_a_revocation_nobody_moves_in_as_its_subject` |
//!
//! # Values that the client keeps
//!
//! | attack | how it works | what stops it | tests |
//! |---|---|---|---|
//! | Changing a sealed session | octets are flipped, cut off, or taken from another cookie | on by itself: authenticated encryption, bound to the purpose and the cookie's name | `sto_07_a_value_with_any_octet_changed_is_no_session`, `behaviour_33_a_value_is_worth_nothing_under_another_cookie_name` |
//! | Replaying an older sealed value | it is from before a sign-out or a new proof | [`Sessions::sealed`](crate::Sessions::sealed) with its store of marks; not [`Sessions::irrevocable`](crate::Sessions::irrevocable) | `behaviour_10_a_replayed_value_is_refused_after_sign_out`, `rot_02_a_new_proof_ends_the_values_before_it` |
//! | A stolen key | whoever has it makes sessions of anyone | [`SealKeys::replace`](crate::sealed::SealKeys::replace) while the program runs | `behaviour_34_keys_are_replaced_while_the_program_runs_and_nobody_is_signed_out` |
//!
//! # Wearing the server out
//!
//! | attack | how it works | what stops it | tests |
//! |---|---|---|---|
//! | A row for each request | requests without a session make the store grow | on by itself: who stores nothing costs nothing | `sto_06_a_thousand_requests_that_do_not_touch_the_session_create_no_record_and_no_cookie` |
//! | Hostile cookies | a long or odd value costs time, or makes the parser fail | on by itself: shape before look-up, eight look-ups at most | `sid_07_a_hostile_value_behaves_exactly_like_no_cookie`, `behaviour_31_at_most_eight_values_are_looked_up`, `behaviour_32_random_octets_never_break_anything` |
//! | Header injection | what a user writes becomes a line of the response | on by itself: cookies are built from checked parts | `syn_02_nothing_that_a_client_sends_adds_a_header_line_or_an_attribute` |
//! | A damaged row | it stops the lists, the revocations or the server | on by itself: it ends its own session, with one event | `behaviour_27_a_damaged_row_ends_its_session_cleanly_with_one_event`, `behaviour_27_a_damaged_row_does_not_disturb_lists_revocations_and_purges` |
