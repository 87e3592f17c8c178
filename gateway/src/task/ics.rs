//! Tasks as an iCalendar object (RFC 5545). Times are written in the task's zone with its
//! VTIMEZONE, so that a rule counts the same days as the hub does.
//! Invariants: no line is longer than 75 octets, none breaks inside a character, and no text of
//! a person can begin a line of its own; an occurrence that is not as its series says is told by
//! the start that the rule gives it (RECURRENCE-ID), one that does not take place by an EXDATE,
//! both in the form of the series' DTSTART.

use protocol::{
    Day, Millis, Zone,
    task::{Every, Repeat, TaskException, TaskItem, Weekday},
};
use std::fmt::Write;

const LINE_OCTETS_MAX: usize = 75;

pub(super) fn calendar(tasks: &[TaskItem], now: Millis) -> String {
    let mut out = Lines::default();
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line("PRODID:-//hub//tasks//ZH");
    out.line("CALSCALE:GREGORIAN");
    for zone in [Zone::Urumqi, Zone::Shanghai] {
        if tasks.iter().any(|task| task.zone == zone) {
            timezone(&mut out, zone);
        }
    }
    for task in tasks {
        event(&mut out, task, now);
    }
    out.line("END:VCALENDAR");
    out.0
}

fn timezone(out: &mut Lines, zone: Zone) {
    let offset = format!("+{:02}00", zone.hours());
    out.line("BEGIN:VTIMEZONE");
    out.line(&format!("TZID:{}", zone.name()));
    out.line("BEGIN:STANDARD");
    // Summer time ended in 1991; nothing here begins before.
    out.line("DTSTART:19910915T000000");
    out.line(&format!("TZOFFSETFROM:{offset}"));
    out.line(&format!("TZOFFSETTO:{offset}"));
    out.line("END:STANDARD");
    out.line("END:VTIMEZONE");
}

fn event(out: &mut Lines, task: &TaskItem, now: Millis) {
    begin(out, task, now);
    if let Some(repeat) = &task.repeat {
        out.line(&format!("RRULE:{}", rule(repeat, task.zone, task.starts_at)));
        let skipped = task.exceptions.iter().filter(|one| one.skipped);
        let skipped: Vec<String> = skipped.map(|one| ruled(task, one.on)).collect();
        if !skipped.is_empty() {
            out.line(&format!("EXDATE;TZID={}:{}", task.zone.name(), skipped.join(",")));
        }
    }
    out.line("END:VEVENT");
    for exception in task.exceptions.iter().filter(|one| !one.skipped) {
        let TaskException { on, title, note, starts_at, ends_at, .. } = exception;
        let begins = task.zone.instant(*on, task.zone.time_of_day(task.starts_at));
        let (starts_at, ends_at) =
            starts_at.zip(*ends_at).unwrap_or((begins, begins + task.ends_at - task.starts_at));
        let title = title.as_ref().unwrap_or(&task.title).clone();
        let note = note.as_ref().unwrap_or(&task.note).clone();
        begin(out, &TaskItem { title, note, starts_at, ends_at, ..task.clone() }, now);
        out.line(&format!("RECURRENCE-ID;TZID={}:{}", task.zone.name(), ruled(task, *on)));
        out.line("END:VEVENT");
    }
}

/// When the rule has the day's occurrence begin.
fn ruled(task: &TaskItem, on: Day) -> String {
    stamped(on, task.zone.time_of_day(task.starts_at))
}

/// A component up to where a series and an exception to it differ.
fn begin(out: &mut Lines, task: &TaskItem, now: Millis) {
    out.line("BEGIN:VEVENT");
    out.line(&format!("UID:{}", task.task.id));
    out.line(&format!("DTSTAMP:{}Z", stamp_utc(now)));
    let zone = task.zone.name();
    out.line(&format!("DTSTART;TZID={zone}:{}", stamp(task.zone, task.starts_at)));
    // An end that is the start is no duration; without it the event is a moment.
    if task.ends_at > task.starts_at {
        out.line(&format!("DTEND;TZID={zone}:{}", stamp(task.zone, task.ends_at)));
    }
    out.line(&format!("SUMMARY:{}", text(&task.title)));
    if !task.note.is_empty() {
        out.line(&format!("DESCRIPTION:{}", text(&task.note)));
    }
    if task.private {
        out.line("CLASS:PRIVATE");
    }
}

/// `UNTIL` is in UTC, as RFC 5545 asks where the start has a zone.
fn rule(repeat: &Repeat, zone: Zone, starts_at: Millis) -> String {
    let mut rule = match repeat.every {
        Every::Day => "FREQ=DAILY",
        Every::Week => "FREQ=WEEKLY",
        Every::Month => "FREQ=MONTHLY",
    }
    .to_owned();
    // Writing to a String cannot fail.
    if repeat.interval > 1 {
        let _ = write!(rule, ";INTERVAL={}", repeat.interval);
    }
    if !repeat.on.is_empty() {
        let days: Vec<&str> = repeat.on.iter().map(|day| weekday(*day)).collect();
        let _ = write!(rule, ";BYDAY={};WKST=MO", days.join(","));
    }
    if let Some(until) = repeat.until {
        let last = zone.instant(until, zone.time_of_day(starts_at));
        let _ = write!(rule, ";UNTIL={}Z", stamp_utc(last));
    }
    rule
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MO",
        Weekday::Tuesday => "TU",
        Weekday::Wednesday => "WE",
        Weekday::Thursday => "TH",
        Weekday::Friday => "FR",
        Weekday::Saturday => "SA",
        Weekday::Sunday => "SU",
    }
}

fn stamp(zone: Zone, at: Millis) -> String {
    stamped(zone.day(at), zone.time_of_day(at))
}

fn stamp_utc(at: Millis) -> String {
    const DAY_MS: Millis = 24 * 60 * 60 * 1000;
    stamped(Day(at.div_euclid(DAY_MS)), at.rem_euclid(DAY_MS))
}

fn stamped(day: Day, time_of_day: Millis) -> String {
    let (year, month, of_month) = day.civil();
    let seconds = time_of_day / 1000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{of_month:02}T{hours:02}{minutes:02}{seconds:02}")
}

/// Escaped as a TEXT value.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Content lines, folded.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, line: &str) {
        let mut room = LINE_OCTETS_MAX;
        for c in line.chars() {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                // The space counts.
                room = LINE_OCTETS_MAX - 1;
            }
            room -= c.len_utf8();
            self.0.push(c);
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{EntityKind, StreamId};

    fn task(title: &str) -> TaskItem {
        TaskItem {
            task: StreamId::new(EntityKind::Task, uuid::Uuid::from_u128(7)),
            title: title.to_owned(),
            note: String::new(),
            starts_at: 1_795_406_400_000,
            ends_at: 1_795_410_000_000,
            zone: Zone::Urumqi,
            on: None,
            altered: false,
            exceptions: Vec::new(),
            repeat: None,
            private: false,
            done: false,
            people: Vec::new(),
            room: None,
            files: Vec::new(),
            remind: Vec::new(),
            follows: None,
            own_note: None,
        }
    }

    /// Undoes the folding and reads name, parameters and value of each line by the grammar.
    fn read(ics: &str) -> Vec<(String, String)> {
        assert!(ics.ends_with("\r\n"));
        for line in ics.split("\r\n") {
            assert!(line.len() <= LINE_OCTETS_MAX && !line.contains(['\r', '\n']), "{line:?}");
        }
        let unfolded = ics.replace("\r\n ", "");
        let lines = unfolded.split("\r\n").filter(|line| !line.is_empty());
        let pair = |line: &str| {
            let (name, value) = line.split_once(':').expect("a name and a value");
            let plain = |c: char| c.is_ascii_alphanumeric() || "-;=/".contains(c);
            assert!(name.starts_with(|c: char| c.is_ascii_uppercase()), "{line}");
            assert!(name.chars().all(plain), "{line}");
            (name.to_owned(), value.to_owned())
        };
        lines.map(pair).collect()
    }

    /// Every component that begins ends, inside the one around it.
    fn nested(lines: &[(String, String)]) -> bool {
        let mut open = Vec::new();
        for (name, value) in lines {
            match name.as_str() {
                "BEGIN" => open.push(value),
                "END" if open.pop() != Some(value) => return false,
                _ => {}
            }
        }
        open.is_empty()
    }

    #[test]
    fn a_weekly_task_in_urumqi() {
        let repeat = Repeat {
            every: Every::Week,
            interval: 2,
            on: vec![Weekday::Monday, Weekday::Thursday],
            until: "2026-12-31".parse().ok(),
        };
        let weekly = TaskItem { repeat: Some(repeat), private: true, ..task("例会") };
        let lines = read(&calendar(&[weekly], 0));
        assert!(nested(&lines));
        for (name, value) in [
            ("DTSTART;TZID=Asia/Urumqi", "20261123T100000"),
            ("DTEND;TZID=Asia/Urumqi", "20261123T110000"),
            ("DTSTAMP", "19700101T000000Z"),
            ("RRULE", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=MO;UNTIL=20261231T040000Z"),
            ("TZOFFSETTO", "+0600"),
            ("CLASS", "PRIVATE"),
            ("SUMMARY", "例会"),
        ] {
            assert!(lines.contains(&(name.to_owned(), value.to_owned())), "{name} {lines:?}");
        }
    }

    /// The components of one sort, each as its lines.
    fn events(lines: &[(String, String)]) -> Vec<Vec<(String, String)>> {
        let mut found = Vec::new();
        for (name, value) in lines {
            match (name.as_str(), value.as_str(), found.last_mut()) {
                ("BEGIN", "VEVENT", _) => found.push(Vec::new()),
                (_, _, Some(one)) => Vec::push(one, (name.clone(), value.clone())),
                _ => {}
            }
        }
        found
    }

    #[test]
    fn what_is_not_as_its_series_says_is_told_by_the_start_that_the_rule_gives() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let exception = |on| TaskException {
            on,
            skipped: false,
            title: None,
            note: None,
            starts_at: None,
            ends_at: None,
        };
        // Monday 07:00 in Shanghai is Sunday in UTC: the day counts where the task is.
        let starts_at = Zone::Shanghai.instant(day("2026-11-23"), 7 * 60 * 60 * 1000);
        let moved = Zone::Shanghai.instant(day("2026-12-02"), 9 * 60 * 60 * 1000);
        let weekly = TaskItem {
            zone: Zone::Shanghai,
            starts_at,
            ends_at: starts_at + 30 * 60 * 1000,
            repeat: Some(Repeat { every: Every::Week, interval: 1, on: vec![], until: None }),
            exceptions: vec![
                TaskException { skipped: true, ..exception(day("2026-12-07")) },
                TaskException { skipped: true, ..exception(day("2026-12-21")) },
                TaskException {
                    starts_at: Some(moved),
                    ends_at: Some(moved + 60 * 60 * 1000),
                    ..exception(day("2026-11-30"))
                },
                TaskException {
                    title: Some("年终例会".into()), ..exception(day("2026-12-28"))
                },
            ],
            ..task("例会")
        };
        let lines = read(&calendar(&[weekly], 0));
        assert!(nested(&lines));
        let events = events(&lines);
        let value = |n: usize, name: &str| {
            let found = events[n].iter().find(|line| line.0 == name);
            found.map(|line| line.1.as_str())
        };
        let zoned = |name: &str| format!("{name};TZID=Asia/Shanghai");
        assert_eq!(events.len(), 3);
        assert_eq!(value(0, &zoned("EXDATE")), Some("20261207T070000,20261221T070000"));
        assert_eq!(value(0, &zoned("DTSTART")), Some("20261123T070000"));
        assert_eq!(value(1, &zoned("RECURRENCE-ID")), Some("20261130T070000"));
        assert_eq!(value(1, &zoned("DTSTART")), Some("20261202T090000"));
        assert_eq!(value(1, &zoned("DTEND")), Some("20261202T100000"));
        assert_eq!(value(2, &zoned("RECURRENCE-ID")), Some("20261228T070000"));
        assert_eq!(value(2, &zoned("DTSTART")), Some("20261228T070000"));
        assert_eq!(value(2, &zoned("DTEND")), Some("20261228T073000"));
        assert_eq!(value(2, "SUMMARY"), Some("年终例会"));
        for n in [1, 2] {
            assert_eq!(value(n, "UID"), value(0, "UID"), "one series");
            assert_eq!((value(n, "RRULE"), value(n, &zoned("EXDATE"))), (None, None));
        }
    }

    #[test]
    fn a_text_stays_within_its_line() {
        let hostile = "a\r\nEND:VEVENT\nX-EVIL:1;,\\";
        let long = "长".repeat(200);
        let tasks = [task(hostile), task(&long), TaskItem { note: long.clone(), ..task("b") }];
        let lines = read(&calendar(&tasks, 0));
        assert!(nested(&lines));
        assert!(!lines.iter().any(|(name, _)| name == "X-EVIL"));
        let summaries: Vec<&str> =
            lines.iter().filter(|(name, _)| name == "SUMMARY").map(|(_, v)| v.as_str()).collect();
        assert_eq!(summaries, ["a\\nEND:VEVENT\\nX-EVIL:1\\;\\,\\\\", &long, "b"]);
    }
}
