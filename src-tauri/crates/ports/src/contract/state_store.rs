//! What every state store must do. `state_store_contract!` makes one test of each function below; each test gets an empty
//! store of its own. What a crash leaves behind is not here: only a store on disk can show that.

mod made_up;

pub mod history;
pub mod links;
pub mod reading;
pub mod steps;

/// Makes the tests. The argument is an `async fn` that answers `(keep, store)`: an empty store, and whatever has to live as
/// long as it does, such as its folder. The calling crate needs tokio's test macro.
#[macro_export]
macro_rules! state_store_contract {
    ($fresh:path) => {
        $crate::state_store_contract!(@tests $fresh, reading: [
            a_cursor_is_kept_for_its_component_and_side,
            a_forgotten_cursor_is_gone,
            an_observation_waits_with_all_it_held,
            a_newer_observation_replaces_the_older_one,
            one_id_on_two_sides_is_two_entries,
            a_settled_observation_is_gone,
            what_was_observed_in_the_same_step_outlives_the_settling,
        ]);
        $crate::state_store_contract!(@tests $fresh, links: [
            a_link_comes_back_as_it_was_put,
            a_changed_link_is_found_by_its_new_item_only,
            a_dropped_link_is_gone,
            the_last_change_of_a_link_in_a_step_counts,
            links_are_found_by_thousands_of_items_or_records,
            a_link_is_unstamped_until_its_stamp_is_that_of_its_base,
            a_link_that_stays_away_is_no_live_one,
            links_of_other_components_stay_out,
            links_of_a_series_are_those_of_its_occurrences_and_of_itself,
            a_link_that_was_let_go_keeps_its_item_and_is_no_live_one,
            series_are_remembered_until_forgotten,
        ]);
        $crate::state_store_contract!(@tests $fresh, steps: [
            begun_writes_are_unfinished_until_done_and_keep_their_order,
            a_refusal_stays_until_accepted,
            an_entry_accepted_and_refused_in_one_step_is_refused,
            what_waits_is_counted_once_and_without_what_is_refused,
            a_fact_is_remembered_until_forgotten,
            forgetting_a_component_leaves_the_others_and_the_history,
        ]);
        $crate::state_store_contract!(@tests $fresh, history: [
            runs_ascend_and_the_last_finished_one_is_told,
            a_run_that_was_never_begun_cannot_finish,
            the_history_comes_newest_first_and_in_pages,
            the_history_of_one_entry_is_found_by_item_and_by_record,
            the_history_is_found_by_line_run_and_time,
            what_was_updated_often_of_late_is_found,
            old_lines_are_forgotten,
            the_history_is_searched_whatever_the_case,
            nothing_in_a_search_is_a_pattern,
        ]);
    };
    (@tests $fresh:path, $module:ident: [$($test:ident,)+]) => {
        $(
            #[tokio::test]
            async fn $test() {
                let (_keep, store) = $fresh().await;
                $crate::contract::state_store::$module::$test(&store).await;
            }
        )+
    };
}
