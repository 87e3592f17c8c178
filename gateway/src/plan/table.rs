//! The weeks of a unit as a workbook of three sheets. Invariant: whatever a person wrote is put
//! into a cell of type text, so that no office program takes it for a formula or a link.

use persistence::PlanReport;
use protocol::{
    Day, Millis, Zone,
    account::Names,
    http::AccountCard,
    plan::{PlanCounts, PlanEntry, PlanPart, PlanState, PlanTally, PlanTask},
};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

pub(super) const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Characters that one cell holds, by the format.
const CELL_CHARS_MAX: usize = 32_767;

#[derive(Clone, Copy)]
pub(super) enum Language {
    Zh,
    Ug,
    En,
}

pub(super) struct Report {
    pub(super) language: Language,
    pub(super) week: Day,
    pub(super) units: Vec<PlanCounts>,
    pub(super) people: Vec<PlanReport>,
    pub(super) reviewers: Vec<AccountCard>,
}

type Text = [&'static str; 3];

const COUNTS: Text = ["提交情况", "تاپشۇرۇش ئەھۋالى", "Counts"];
const DETAILS: Text = ["周计划详情", "پىلان تەپسىلاتى", "Plans"];
const REVIEWS: Text = ["审批情况", "تەستىق ئەھۋالى", "Reviews"];
const UNIT: Text = ["单位", "ئورۇن", "Unit"];
const PEOPLE: Text = ["人数", "ئادەم سانى", "People"];
const NAME: Text = ["姓名", "ئىسمى", "Name"];
const POST: Text = ["职务", "ۋەزىپىسى", "Post"];
const WEEK: Text = ["周（周一）", "ھەپتە (دۈشەنبە)", "Week (Monday)"];
const PART: Text = ["类别", "تۈرى", "Part"];
const PLAN: Text = ["计划", "پىلان", "Plan"];
const SUMMARY: Text = ["总结", "خۇلاسە", "Summary"];
const STATE: Text = ["状态", "ھالىتى", "State"];
const TASKS: Text = ["任务", "ۋەزىپىلەر", "Tasks"];
const SENT: Text = ["提交时间", "تاپشۇرغان ۋاقىت", "Submitted"];
const REVIEWER: Text = ["审核人", "تەستىقلىغۇچى", "Reviewed by"];
const REVIEWED: Text = ["审核时间", "تەستىق ۋاقتى", "Reviewed"];
const REMARK: Text = ["审核意见", "تەستىق پىكرى", "Remark"];
const DONE: Text = ["已完成", "تاماملاندى", "done"];

fn state_words(state: PlanState) -> Text {
    match state {
        PlanState::Draft => ["未提交", "تاپشۇرۇلمىغان", "Missing"],
        PlanState::Submitted => ["待审核", "تەستىق كۈتۈۋاتىدۇ", "Submitted"],
        PlanState::Approved => ["已通过", "تەستىقلاندى", "Approved"],
        PlanState::Returned => ["已退回", "قايتۇرۇلدى", "Returned"],
    }
}

impl Report {
    pub(super) fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        self.counts(self.sheet(&mut book, COUNTS)?)?;
        self.details(self.sheet(&mut book, DETAILS)?)?;
        self.reviews(self.sheet(&mut book, REVIEWS)?)?;
        book.save_to_buffer()
    }

    fn sheet<'b>(
        &self,
        book: &'b mut Workbook,
        name: Text,
    ) -> Result<&'b mut Worksheet, XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name(self.say(name))?.set_freeze_panes(1, 0)?;
        if matches!(self.language, Language::Ug) {
            sheet.set_right_to_left(true);
        }
        Ok(sheet)
    }

    fn say(&self, text: Text) -> &'static str {
        match self.language {
            Language::Zh => text[0],
            Language::Ug => text[1],
            Language::En => text[2],
        }
    }

    fn name<'n>(&self, names: &'n Names) -> &'n str {
        let own = match self.language {
            Language::Zh => None,
            Language::Ug => names.ug.as_deref(),
            Language::En => names.en.as_deref(),
        };
        own.unwrap_or(&names.zh)
    }

    fn counts(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        const STATES: [PlanState; 4] =
            [PlanState::Draft, PlanState::Submitted, PlanState::Approved, PlanState::Returned];
        let mut head = vec![self.say(UNIT).to_owned(), self.say(PEOPLE).to_owned()];
        for part in [PLAN, SUMMARY] {
            let of = |state| format!("{} · {}", self.say(part), self.say(state_words(state)));
            head.extend(STATES.map(of));
        }
        heading(sheet, &head, &[28.0, 8.0])?;
        for (row, unit) in (1..).zip(&self.units) {
            sheet.write_string(row, 0, self.name(&unit.names))?;
            let tally =
                |tally: PlanTally| [tally.missing, tally.submitted, tally.approved, tally.returned];
            let numbers =
                [unit.people].into_iter().chain(tally(unit.plan)).chain(tally(unit.summary));
            for (column, number) in (1..).zip(numbers) {
                sheet.write_number(row, column, number)?;
            }
        }
        Ok(())
    }

    fn details(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let head = [WEEK, UNIT, NAME, POST, PART, STATE, SENT, PLAN, TASKS];
        heading(sheet, &self.all(&head), &[14.0, 28.0, 14.0, 18.0, 8.0, 12.0, 18.0, 60.0, 50.0])?;
        let texts = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        for (row, (person, entry)) in (1..).zip(self.entries(|_| true)) {
            self.whose(sheet, row, person)?;
            let cells = [
                self.say(part_words(entry.part)).to_owned(),
                self.say(state_words(entry.state)).to_owned(),
                entry.sent_at.map(moment).unwrap_or_default(),
                entry.text.clone().unwrap_or_default(),
                self.tasks(&entry.tasks),
            ];
            write(sheet, row, 4, &cells, &texts)?;
        }
        Ok(())
    }

    fn reviews(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let head = [WEEK, UNIT, NAME, POST, PART, STATE, SENT, REVIEWER, REVIEWED, REMARK];
        let widths = [14.0, 28.0, 14.0, 18.0, 8.0, 12.0, 18.0, 14.0, 18.0, 60.0];
        heading(sheet, &self.all(&head), &widths)?;
        let texts = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let handed_in = |entry: &PlanEntry| entry.state != PlanState::Draft;
        for (row, (person, entry)) in (1..).zip(self.entries(handed_in)) {
            self.whose(sheet, row, person)?;
            let by = self.reviewers.iter().find(|card| Some(card.account) == entry.reviewed_by);
            let cells = [
                self.say(part_words(entry.part)).to_owned(),
                self.say(state_words(entry.state)).to_owned(),
                entry.sent_at.map(moment).unwrap_or_default(),
                by.map(|card| self.name(&card.names).to_owned()).unwrap_or_default(),
                entry.reviewed_at.map(moment).unwrap_or_default(),
                entry.remark.clone().unwrap_or_default(),
            ];
            write(sheet, row, 4, &cells, &texts)?;
        }
        Ok(())
    }

    fn entries(
        &self,
        shown: impl Fn(&PlanEntry) -> bool + Copy,
    ) -> impl Iterator<Item = (&AccountCard, &PlanEntry)> {
        self.people.iter().flat_map(move |one| {
            let parts = one.parts.iter().filter(move |entry| shown(entry));
            parts.map(|entry| (&one.row.person, entry))
        })
    }

    fn all(&self, head: &[Text]) -> Vec<String> {
        head.iter().map(|text| self.say(*text).to_owned()).collect()
    }

    fn whose(&self, sheet: &mut Worksheet, row: u32, card: &AccountCard) -> Result<(), XlsxError> {
        let top = Format::new().set_align(FormatAlign::Top);
        let cells = [
            self.week.to_string(),
            self.name(&card.unit_names).to_owned(),
            self.name(&card.names).to_owned(),
            card.post.clone(),
        ];
        write(sheet, row, 0, &cells, &top)
    }

    fn tasks(&self, tasks: &[PlanTask]) -> String {
        let line = |task: &PlanTask| {
            let done = if task.done { format!("（{}）", self.say(DONE)) } else { String::new() };
            format!("{} {}{done}", moment(task.starts_at), task.title)
        };
        tasks.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn part_words(part: PlanPart) -> Text {
    match part {
        PlanPart::Plan => PLAN,
        PlanPart::Summary => SUMMARY,
    }
}

fn heading(sheet: &mut Worksheet, head: &[String], widths: &[f64]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    write(sheet, 0, 0, head, &bold)?;
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    Ok(())
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    first: u16,
    cells: &[String],
    format: &Format,
) -> Result<(), XlsxError> {
    for (column, text) in (first..).zip(cells) {
        // Longer than the format allows: cut rather than no table at all.
        let text: String = text.chars().take(CELL_CHARS_MAX).collect();
        sheet.write_string_with_format(row, column, text, format)?;
    }
    Ok(())
}

/// In Beijing time, as the week is counted.
fn moment(at: Millis) -> String {
    let zone = Zone::default();
    let minutes = zone.time_of_day(at) / 60_000;
    format!("{} {:02}:{:02}", zone.day(at), minutes / 60, minutes % 60)
}
