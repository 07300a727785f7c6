//! Decides when a lead is stored, sent, retried, given up and forgotten in the browser. Does no I/O.
//!
//! Contract: after every [`Outbox::handle`], drain [`Outbox::poll_output`] to `None`, in order, perform each output,
//! and return its result as an input. Effects on the store are begun in the order of their outputs. `now` never
//! decreases within one machine; machines of other tabs may have other clocks. Every [`Output::Store`],
//! [`Output::Claim`] and [`Output::Send`] ends in exactly one result, unless the page ends first.
//!
//! What holds, whatever is lost, repeated or reordered:
//! - a lead leaves the store only after the edge answered for it, or its loss was told;
//! - nothing is sent while the edge asked for silence ([`Gate`]);
//! - the bodies of all `keepalive` requests in flight stay within [`Settings::ledger`];
//! - tabs share rows by leases that expire; nothing is locked, so a frozen tab holds nothing for long.
//!
//! Sending twice is harmless: [`LeadId`] is the idempotency key.

mod answer;
mod envelope;
mod gate;
mod machine;
mod send;

pub use gate::{Gate, GateKind};
pub use machine::Outbox;

use alloc::{string::String, vec::Vec};

use crate::{lead::LeadId, time::Millis};

/// Limits and spans; [`Settings::default`] is what a page uses, tests shorten the spans.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a claimed row belongs to its tab. Longer than [`Settings::timeout`].
    pub lease: Millis,
    /// The lease that a leaving page keeps on rows that it could not send.
    pub hidden_lease: Millis,
    /// When the transport gives up a request.
    pub timeout: Millis,
    /// The largest sum of bodies of `keepalive` requests in flight, in bytes. Browsers share 64 KiB per page.
    pub ledger: usize,
    /// The largest body of one request, in bytes.
    pub batch_bytes: usize,
    /// The most leads in one request.
    pub batch_items: usize,
    /// The most unsent leads; a new one beyond is refused.
    pub max_leads: usize,
    /// The most bytes of unsent leads; a new lead beyond is refused.
    pub max_bytes: usize,
    /// The age from which an unsent lead can be given up.
    pub max_age: Millis,
    /// How often it must have been sent before that; a clock that jumps must not be enough.
    pub max_attempts: u32,
    /// The first wait after a failure.
    pub backoff_first: Millis,
    /// The longest wait after a failure while the page is visible.
    pub backoff_last: Millis,
    /// The wait after a failure while the page is hidden.
    pub backoff_hidden: Millis,
    /// The first wait after an answer that says that the endpoint is set up wrongly.
    pub park_first: Millis,
    /// The longest wait of any kind, `Retry-After` included.
    pub wait_last: Millis,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease: Millis(20_000),
            hidden_lease: Millis(1_500),
            timeout: Millis(15_000),
            ledger: 61_440,
            batch_bytes: 49_152,
            batch_items: 50,
            max_leads: 1_000,
            max_bytes: 5_000_000,
            max_age: Millis::from_secs(30 * 86_400),
            max_attempts: 24,
            backoff_first: Millis(1_000),
            backoff_last: Millis(60_000),
            backoff_hidden: Millis(300_000),
            park_first: Millis(3_600_000),
            wait_last: Millis(86_400_000),
        }
    }
}

/// One unsent lead as it lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose lead.
    pub id: LeadId,
    /// The wire item as a JSON object without its `id` and `n`, made once.
    pub item: String,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was captured.
    pub at: Millis,
    /// When `next` was written; a later time than the reader's shows a clock that was set back.
    pub set: Millis,
    /// Not to be sent before.
    pub next: Millis,
    /// Until when it belongs to the tab that wrote it.
    pub lease: Millis,
}

impl Record {
    /// What the row counts towards the limits, in bytes.
    pub fn size(&self) -> usize {
        self.item.len().saturating_add(envelope::ITEM_HEAD)
    }
}

/// Where a captured lead is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the database, committed with strict durability.
    Disk,
    /// In the synchronous spill only: survives the page, but not every crash.
    Spill,
    /// In memory only.
    Memory,
}

/// What a claim found in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    /// The rows that belong to this tab from then on.
    pub records: Vec<Record>,
    /// The gate as it was stored.
    pub gate: Option<Gate>,
    /// When the next of the other rows can be claimed; not later than now if there are more.
    pub wake: Option<Millis>,
    /// How many rows the store holds in all.
    pub count: usize,
    /// Their sizes together.
    pub bytes: usize,
}

/// A fact for the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A person submitted a lead.
    Captured {
        /// Its id, made by the page.
        id: LeadId,
        /// See [`Record::item`].
        item: String,
    },
    /// A lead was found in the spill of an earlier page.
    Recovered {
        /// Its id.
        id: LeadId,
        /// See [`Record::item`].
        item: String,
    },
    /// [`Output::Store`] succeeded; `gate` was read in the same transaction.
    Stored {
        /// Whose row.
        id: LeadId,
        /// Where it is.
        home: Home,
        /// The gate that other tabs may have written.
        gate: Option<Gate>,
    },
    /// [`Output::Claim`] succeeded.
    Claimed(Claimed),
    /// [`Output::Claim`] failed.
    ClaimFailed,
    /// An HTTP answer arrived.
    Answered {
        /// Which [`Output::Send`].
        batch: u32,
        /// The HTTP status.
        status: u16,
        /// The header of that name, or nothing.
        retry_after: String,
        /// The text of the body.
        body: String,
    },
    /// The request failed or was given up; whether it arrived is unknown.
    Unanswered {
        /// Which [`Output::Send`].
        batch: u32,
    },
    /// The page delivers this lead by other means.
    Withdrawn {
        /// Whose lead.
        id: LeadId,
    },
    /// Everything was removed from the device.
    Purged,
    /// The page was hidden or is being left: only what is done at once will be done.
    Hidden,
    /// The page started, became visible or came back.
    Shown,
    /// The platform says that the network is there.
    Online,
    /// The page asks to send now what is not held back by the edge.
    Flush,
    /// The time of [`Outbox::poll_timeout`] has come.
    Tick,
}

/// An order of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Adds a row, unless its id is there. Ends in [`Input::Stored`].
    Store(Record),
    /// In one transaction: rows that are due and not leased to others get this lease. Ends in a claim result.
    Claim {
        /// The new end of the leases.
        lease: Millis,
        /// The most rows.
        items: usize,
        /// The most bytes, except for a single row.
        bytes: usize,
    },
    /// Posts a body. Ends in [`Input::Answered`] or [`Input::Unanswered`].
    Send {
        /// Names the request in its result.
        batch: u32,
        /// The body.
        body: String,
        /// Whether the request should outlive the page.
        keepalive: bool,
    },
    /// Changes rows in one transaction.
    Settle(Settlement),
    /// Hands this body to the browser to send if the page ends without notice; the empty body takes it back.
    Arm(String),
    /// Tells the page.
    Tell(Event),
}

/// Changes of rows that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Rows to remove, from the store and from the spill.
    pub forget: Vec<LeadId>,
    /// Rows to overwrite. All are leased to this tab.
    pub keep: Vec<Record>,
    /// Rows to move to the dead letter, with the code of the reason.
    pub dead: Vec<(Record, String)>,
    /// The gate to write, [`Gate::over`] the stored one.
    pub gate: Option<Gate>,
}

/// What the page is told about a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is kept here.
    Kept {
        /// Whose lead.
        id: LeadId,
        /// Where.
        home: Home,
    },
    /// The edge has it. Told once per lead and page, unless the page submits it again.
    Received {
        /// Whose lead.
        id: LeadId,
    },
    /// The edge refused it; it lies in the dead letter.
    Refused {
        /// Whose lead.
        id: LeadId,
        /// Why, as the edge said it.
        code: String,
        /// The field that is wrong, or nothing.
        field: String,
    },
    /// It could not be sent now and waits until then.
    Waiting {
        /// Whose lead.
        id: LeadId,
        /// The next try is not before.
        until: Millis,
    },
    /// It ended here.
    Dropped {
        /// Whose lead.
        id: LeadId,
        /// Why.
        reason: DropReason,
    },
}

/// Why the outbox did not take or gave up a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// There are too many unsent leads.
    Full,
    /// The lead alone is larger than a request may be.
    TooLarge,
    /// It could not be sent within [`Settings::max_age`] and [`Settings::max_attempts`]; it lies in the dead letter.
    Expired,
}

impl DropReason {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Full => "outbox.full",
            Self::TooLarge => "outbox.too_large",
            Self::Expired => "outbox.expired",
        }
    }
}
