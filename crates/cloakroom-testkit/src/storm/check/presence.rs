//! What was ended stays so, is ended once, and nothing ends by itself.

use super::broken::Broken;
use super::history::History;
use super::lives::Life;

pub(super) fn check(history: &History, life: &Life) -> Result<(), Broken> {
    let events = &history.events;
    let all = |at: &[usize]| at.iter().map(|at| &events[*at]).collect::<Vec<_>>();
    let is_too_late =
        |at: &&usize| !history.leave.takes_steps || events[**at].began > events[life.creation].ended;
    if life.was_refused
        && let Some(seen) = life.presences.iter().find(is_too_late)
    {
        let calls = [life.creation, *seen];
        return Err(Broken::new("An insert that was refused creates nothing.", all(&calls)));
    }
    if life.ends.len() > 1 {
        return Err(Broken::new("A session is ended once.", all(&life.ends)));
    }
    if let Some((gone_by, gone)) = life.gone_by
        && let Some(again) = life.presences.iter().find(|at| events[**at].began > gone_by)
    {
        return Err(Broken::new("What has ended stays so.", all(&[life.creation, gone, *again])));
    }
    if let Some((missed_by, missed)) = life.missed_by
        && !history.leave.forgets
        && life.in_peril_from > missed_by
    {
        return Err(Broken::new("Nothing ends a session that nobody ended.", all(&[life.creation, missed])));
    }
    Ok(())
}
