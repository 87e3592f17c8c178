//! The index on the disk: its shape, how it is opened, written and swept.
//! Invariants: how far it has come ([`Mark`]) is written in the same commit as what it has, so
//! that a crash leaves both or neither; it holds no text, only which terms are where; one
//! process writes (tantivy's lock), within [`WRITER_BYTES`].
//! Every segment is sorted, the latest event first: a search reads from the front of each and
//! stops when it has enough, however often a word was written.

use super::{text, things::Named};
use kernel::journal::{Hash, StoreError};
use protocol::search::HitKind;
use serde::{Deserialize, Serialize};
use std::{ops::Bound, path::Path};
use tantivy::{
    FutureResult, Index, IndexReader, IndexSettings, IndexSortByField, IndexWriter, Order,
    ReloadPolicy, SegmentMeta, TantivyDocument, TantivyError, Term,
    directory::MmapDirectory,
    indexer::{IndexWriterOptions, LogMergePolicy},
    query::{BooleanQuery, Query, RangeQuery, TermQuery},
    schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions},
    store::Compressor,
    tokenizer::{Token, TokenStream, Tokenizer},
};
use uuid::Uuid;

/// Raised when the shape of a document or its terms change: an older index is made again.
const FORMAT: u32 = 2;
/// What the writer gathers before it begins a file.
const WRITER_BYTES: usize = 32 << 20;
/// Segments of more documents are left as they are, so that sweeping a redacted text out of
/// one stays a matter of seconds.
const SEGMENT_DOCUMENTS_MAX: usize = 250_000;
const TERMS: &str = "terms";

/// How far the index has come in the order of commit. The hash tells this history from another
/// (a restored backup) that has an event at the same place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    format: u32,
    pub(super) position: i64,
    pub(super) hash: Hash,
}

impl Mark {
    pub(super) fn new(position: i64, hash: Hash) -> Self {
        Self { format: FORMAT, position, hash }
    }
}

#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub(super) terms: Field,
    pub(super) stream: Field,
    pub(super) seq: Field,
    pub(super) position: Field,
    pub(super) at: Field,
    pub(super) kinds: Field,
    pub(super) audience: Field,
    pub(super) desk: Field,
    pub(super) named: Field,
}

/// What goes into the index of one event, or of one thing.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) stream: Uuid,
    pub(super) seq: u64,
    pub(super) position: i64,
    pub(super) at: i64,
    pub(super) kinds: u64,
    /// Nobody else finds it; `None`: whoever sees the stream.
    pub(super) audience: Option<Vec<Uuid>>,
    /// The desk whose agents find it, whatever its audience.
    pub(super) desk: Option<Uuid>,
    /// What it stands for, where that is no event.
    pub(super) named: Option<Named>,
    pub(super) text: String,
}

/// 64 bits of an id. That two ids share them is possible and harmless: every hit is checked
/// against the journal, by its whole id, before anybody sees it.
pub(super) fn key(id: Uuid) -> u64 {
    let (high, low) = id.as_u64_pair();
    high.rotate_left(32) ^ low
}

pub(super) fn bit(kind: HitKind) -> u64 {
    match kind {
        HitKind::Message => 1,
        HitKind::File => 2,
        HitKind::Mail => 4,
    }
}

pub(super) fn named_bit(named: Named) -> u64 {
    match named {
        Named::Task => 8,
        Named::Node => 16,
        Named::Notice => 32,
    }
}

/// A file being written anew.
pub(super) type Merge = FutureResult<Option<SegmentMeta>>;

/// An open index. Cheap to clone.
#[derive(Clone)]
pub(super) struct Opened {
    pub(super) index: Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
}

pub(super) fn failed(error: TantivyError) -> StoreError {
    StoreError::Unavailable(format!("search index: {error}"))
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let kept = || NumericOptions::default().set_fast();
    // Neither positions nor frequencies: whole words are checked against the journal, and the
    // order is by time.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TERMS)
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let fields = Fields {
        terms: schema.add_text_field(TERMS, TextOptions::default().set_indexing_options(indexing)),
        stream: schema.add_u64_field("stream", kept().set_indexed()),
        seq: schema.add_u64_field("seq", kept()),
        position: schema.add_u64_field("position", kept()),
        at: schema.add_i64_field("at", kept()),
        kinds: schema.add_u64_field("kinds", kept()),
        audience: schema.add_u64_field("audience", kept()),
        desk: schema.add_u64_field("desk", kept().set_indexed()),
        // Of the few things among millions of messages: what begins a search for them.
        named: schema.add_u64_field("named", NumericOptions::default().set_indexed()),
    };
    (schema.build(), fields)
}

impl Opened {
    /// The index of the folder and how far it has come; `None`: there is none that this build
    /// can use, and what may be there is to be made again.
    pub(super) fn open(folder: &Path) -> Result<Option<(Self, Mark)>, StoreError> {
        if !folder.join("meta.json").exists() {
            return Ok(None);
        }
        let opened = Index::open_in_dir(folder).and_then(|index| {
            let mark = mark(&index)?;
            Ok((index, mark))
        });
        match opened {
            Ok((index, Some(mark))) if index.schema() == schema().0 => {
                Ok(Some((Self::of(index)?, mark)))
            }
            Ok(_) => Ok(None),
            Err(error) => {
                tracing::warn!(%error, "the search index cannot be read; it is made again");
                Ok(None)
            }
        }
    }

    /// A new one, in place of whatever lies there.
    pub(super) fn create(folder: &Path) -> Result<Self, StoreError> {
        let broken = |error: std::io::Error| {
            StoreError::Unavailable(format!("search index {}: {error}", folder.display()))
        };
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(broken)?;
        }
        std::fs::create_dir_all(folder).map_err(broken)?;
        let settings = IndexSettings {
            sort_by_field: Some(IndexSortByField {
                field: "position".to_owned(),
                order: Order::Desc,
            }),
            docstore_compression: Compressor::None,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let directory = MmapDirectory::open(folder).map_err(|error| failed(error.into()))?;
        let index = Index::create(directory, schema().0, settings).map_err(failed)?;
        Self::of(index)
    }

    fn of(index: Index) -> Result<Self, StoreError> {
        index.tokenizers().register(TERMS, Terms);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(failed)?;
        Ok(Self { index, reader, fields: schema().1 })
    }

    pub(super) fn writer(&self) -> Result<IndexWriter, StoreError> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(WRITER_BYTES)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer = self.index.writer_with_options(options).map_err(failed)?;
        let mut policy = LogMergePolicy::default();
        policy.set_max_docs_before_merge(SEGMENT_DOCUMENTS_MAX);
        writer.set_merge_policy(Box::new(policy));
        Ok(writer)
    }

    pub(super) fn add(&self, writer: &IndexWriter, entry: Entry) -> Result<(), StoreError> {
        let fields = &self.fields;
        let mut document = TantivyDocument::new();
        document.add_text(fields.terms, entry.text);
        document.add_u64(fields.stream, key(entry.stream));
        document.add_u64(fields.seq, entry.seq);
        document.add_u64(fields.position, entry.position.cast_unsigned());
        document.add_i64(fields.at, entry.at);
        document.add_u64(fields.kinds, entry.kinds);
        if let Some(desk) = entry.desk {
            document.add_u64(fields.desk, key(desk));
        }
        if let Some(named) = entry.named {
            document.add_u64(fields.named, named_bit(named));
        }
        for account in entry.audience.into_iter().flatten() {
            document.add_u64(fields.audience, key(account));
        }
        writer.add_document(document).map(|_| ()).map_err(failed)
    }

    /// Forgets what is known of one event; what is added afterwards stays.
    pub(super) fn forget(
        &self,
        writer: &IndexWriter,
        stream: Uuid,
        seq: u64,
    ) -> Result<(), StoreError> {
        let of_stream = Term::from_field_u64(self.fields.stream, key(stream));
        let numbered = Bound::Included(Term::from_field_u64(self.fields.seq, seq));
        let both: Vec<Box<dyn Query>> = vec![
            Box::new(TermQuery::new(of_stream, IndexRecordOption::Basic)),
            Box::new(RangeQuery::new(numbered.clone(), numbered)),
        ];
        let query = BooleanQuery::intersection(both);
        writer.delete_query(Box::new(query)).map(|_| ()).map_err(failed)
    }

    /// Makes everything since the last time durable, together with how far that is.
    pub(super) fn commit(&self, writer: &mut IndexWriter, mark: Mark) -> Result<(), StoreError> {
        let payload =
            serde_json::to_string(&mark).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let mut prepared = writer.prepare_commit().map_err(failed)?;
        prepared.set_payload(&payload);
        prepared.commit().map_err(failed)?;
        self.reader.reload().map_err(failed)
    }

    /// Begins to write the files that hold forgotten documents anew, without them.
    pub(super) fn begin_sweep(&self, writer: &mut IndexWriter) -> Result<Vec<Merge>, StoreError> {
        let segments = self.index.searchable_segment_metas().map_err(failed)?;
        let dirty = segments.iter().filter(|segment| segment.num_deleted_docs() > 0);
        Ok(dirty.map(|segment| writer.merge(&[segment.id()])).collect())
    }

    /// Removes the files that nothing needs any more.
    pub(super) fn end_sweep(&self, writer: &IndexWriter) -> Result<(), StoreError> {
        // First the ones that are read from: a file lives as long as somebody has it open.
        self.reader.reload().map_err(failed)?;
        writer.garbage_collect_files().wait().map(|_| ()).map_err(failed)
    }

    /// Whether some file holds forgotten documents.
    pub(super) fn is_dirty(&self) -> Result<bool, StoreError> {
        let segments = self.index.searchable_segment_metas().map_err(failed)?;
        Ok(segments.iter().any(|segment| segment.num_deleted_docs() > 0))
    }
}

fn mark(index: &Index) -> Result<Option<Mark>, TantivyError> {
    let payload = index.load_metas()?.payload;
    let mark = payload.and_then(|payload| serde_json::from_str::<Mark>(&payload).ok());
    Ok(mark.filter(|mark| mark.format == FORMAT))
}

/// How far the index of a folder has come, without opening it for anything else.
pub(super) fn position(folder: &Path) -> Option<i64> {
    let index = Index::open_in_dir(folder).ok()?;
    mark(&index).ok()?.map(|mark| mark.position)
}

/// [`text::terms`] as tantivy asks for it.
#[derive(Clone)]
struct Terms;

struct Stream {
    terms: std::vec::IntoIter<String>,
    token: Token,
}

impl Tokenizer for Terms {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        let mut terms = Vec::new();
        text::terms(text, |term| terms.push(term.to_owned()));
        Stream { terms: terms.into_iter(), token: Token::default() }
    }
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.next() else { return false };
        self.token.text = term;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
