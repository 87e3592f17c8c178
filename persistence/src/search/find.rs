//! Looking things up: the newest events that have every piece of a question and that the asker
//! may see. Invariant: entitlement is a condition of the search like any other, checked for
//! each document before it is counted; nothing that the asker may not see takes a place in a
//! page or is told by its absence.

use super::{
    asked::{Asked, Piece},
    index::{Opened, failed, key, named_bit},
    scope::Streams,
    text::pairs,
    things::Named,
};
use kernel::journal::StoreError;
use protocol::Millis;
use std::sync::Arc;
use tantivy::{
    DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term,
    columnar::{Column, ColumnValues},
    query::{BooleanQuery, EnableScoring, FuzzyTermQuery, Query, TermQuery, Weight},
    schema::IndexRecordOption,
};
use uuid::Uuid;

/// Up to so many streams are looked up in the index; of more, each hit is looked up among
/// them.
const STREAMS_LOOKED_UP_MAX: usize = 64;

/// Everything a search is narrowed by.
pub(super) struct Wanted {
    pub(super) asked: Arc<Asked>,
    pub(super) streams: Arc<Streams>,
    /// Only here.
    pub(super) stream: Option<Uuid>,
    /// One bit a kind.
    pub(super) kinds: u64,
    /// Things of this sort instead of events.
    pub(super) named: Option<Named>,
    pub(super) from: Millis,
    pub(super) to: Millis,
}

/// Positions below `before`, the latest first.
pub(super) fn find(
    opened: &Opened,
    wanted: &Wanted,
    before: u64,
    limit: usize,
) -> Result<Vec<u64>, StoreError> {
    let searcher = opened.reader.searcher();
    let query = BooleanQuery::intersection(conditions(opened, wanted));
    let scoring = EnableScoring::disabled_from_searcher(&searcher);
    let weight = query.weight(scoring).map_err(failed)?;
    look(&searcher, weight.as_ref(), wanted, before, limit).map_err(failed)
}

fn conditions(opened: &Opened, wanted: &Wanted) -> Vec<Box<dyn Query>> {
    let mut conditions: Vec<Box<dyn Query>> = Vec::new();
    let term = |text: &str| Term::from_field_text(opened.fields.terms, text);
    for piece in &wanted.asked.pieces {
        match piece {
            Piece::Han(han) if han.chars().nth(1).is_none() => conditions.push(begins(term(han))),
            Piece::Han(han) => {
                conditions.extend(pairs(han).map(|pair| exactly(term(pair))));
            }
            Piece::Word(word) if word.chars().nth(1).is_none() => {
                conditions.push(exactly(term(word)));
            }
            Piece::Word(word) => conditions.push(begins(term(word))),
        }
    }
    if let Some(named) = wanted.named {
        conditions.push(exactly(Term::from_field_u64(opened.fields.named, named_bit(named))));
    }
    let stream = |key: u64| exactly(Term::from_field_u64(opened.fields.stream, key));
    let desk = |key: u64| exactly(Term::from_field_u64(opened.fields.desk, key));
    match wanted.stream {
        Some(id) => conditions.push(stream(key(id))),
        None if wanted.streams.len() <= STREAMS_LOOKED_UP_MAX => {
            let (streams, desks) = (wanted.streams.keys(), wanted.streams.desks());
            let places = streams.map(stream).chain(desks.map(desk)).collect();
            conditions.push(Box::new(BooleanQuery::union(places)));
        }
        None => {}
    }
    conditions
}

fn exactly(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn begins(term: Term) -> Box<dyn Query> {
    Box::new(FuzzyTermQuery::new_prefix(term, 0, false))
}

/// Segments one after the other, the one with the latest event first: once a page is full,
/// those that end before it are not opened at all.
fn look(
    searcher: &Searcher,
    weight: &dyn Weight,
    wanted: &Wanted,
    before: u64,
    limit: usize,
) -> tantivy::Result<Vec<u64>> {
    let mut segments = Vec::new();
    for reader in searcher.segment_readers() {
        segments.push((Columns::of(reader)?, reader));
    }
    segments.sort_by_key(|(columns, _)| std::cmp::Reverse(columns.position.max_value()));
    let mut found: Vec<u64> = Vec::new();
    for (columns, reader) in segments {
        let last = if found.len() < limit { 0 } else { found[limit - 1] };
        if columns.position.max_value() <= last && found.len() >= limit {
            continue;
        }
        columns.newest(reader, weight, wanted, (last, before), limit, &mut found)?;
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.truncate(limit);
    }
    Ok(found)
}

/// What is known of each document of a segment.
struct Columns {
    position: Arc<dyn ColumnValues<u64>>,
    seq: Arc<dyn ColumnValues<u64>>,
    stream: Arc<dyn ColumnValues<u64>>,
    kinds: Arc<dyn ColumnValues<u64>>,
    at: Arc<dyn ColumnValues<i64>>,
    /// Absent in a segment without whispers.
    audience: Option<Column<u64>>,
    /// Absent in a segment without threads.
    desk: Option<Column<u64>>,
}

impl Columns {
    fn of(reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            position: fast.column_first_or_default("position")?,
            seq: fast.column_first_or_default("seq")?,
            stream: fast.column_first_or_default("stream")?,
            kinds: fast.column_first_or_default("kinds")?,
            at: fast.column_first_or_default("at")?,
            audience: fast.column_opt("audience")?,
            desk: fast.column_opt("desk")?,
        })
    }

    /// Adds the newest of a segment, which is sorted that way, between two positions.
    fn newest(
        &self,
        reader: &SegmentReader,
        weight: &dyn Weight,
        wanted: &Wanted,
        (last, before): (u64, u64),
        limit: usize,
        found: &mut Vec<u64>,
    ) -> tantivy::Result<()> {
        let first = self.first_below(before, reader.max_doc());
        if first >= reader.max_doc() {
            return Ok(());
        }
        let mut matching = weight.scorer(reader, 1.0)?;
        let mut document = matching.doc();
        if document < first {
            document = matching.seek(first);
        }
        let alive = reader.alive_bitset();
        let mut taken = 0;
        while document != TERMINATED && taken < limit {
            let position = self.position.get_val(document);
            if position <= last {
                break;
            }
            if alive.is_none_or(|alive| alive.is_alive(document)) && self.fits(document, wanted) {
                found.push(position);
                taken += 1;
            }
            document = matching.advance();
        }
        Ok(())
    }

    /// The first document whose position lies below.
    fn first_below(&self, before: u64, documents: DocId) -> DocId {
        let (mut low, mut high) = (0, documents);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.position.get_val(middle) >= before { low = middle + 1 } else { high = middle }
        }
        low
    }

    fn fits(&self, document: DocId, wanted: &Wanted) -> bool {
        let (stream, seq) = (self.stream.get_val(document), self.seq.get_val(document));
        let desk = self.desk.as_ref().and_then(|desk| desk.first(document));
        let answers = desk.is_some_and(|desk| wanted.streams.has_desk(desk));
        wanted.kinds & self.kinds.get_val(document) != 0
            && (answers || wanted.streams.has(stream, seq))
            && (wanted.from..wanted.to).contains(&self.at.get_val(document))
            && (answers || self.is_for(document, wanted.streams.asker()))
    }

    fn is_for(&self, document: DocId, asker: u64) -> bool {
        let Some(audience) = &self.audience else { return true };
        let mut accounts = audience.values_for_doc(document).peekable();
        accounts.peek().is_none() || accounts.any(|account| account == asker)
    }
}
