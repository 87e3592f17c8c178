//! Owns a session's commands: pace, bound, order of submission, and the one answer each.
//! Invariant: every command frame that parsed is answered exactly once, by ack or error.
//! What a command means is absent: `actors::Hub::submit` is the one dispatcher of both doors.

use super::Session;
use crate::{commands::outcome, error::rate_limited};
use actors::Request;
use protocol::{AnyCommand, CommandId, ErrorBody, ErrorKind, ServerFrame, StreamId, TraceId};
use std::rc::Rc;
use tracing::Instrument;

/// Commands of one connection that may wait for their commit at once.
const IN_FLIGHT_MAX: usize = 64;

impl Session {
    pub(super) fn on_command(
        self: &Rc<Self>,
        id: CommandId,
        stream: Option<StreamId>,
        command: AnyCommand,
    ) {
        if let Err(ms) = self.edge.limits.commands.check(&self.session) {
            self.edge.metrics.commands.with_label_values(&["rate_limited"]).inc();
            return self.refuse(Some(id), stream, rate_limited(ms));
        }
        if self.in_flight.get() >= IN_FLIGHT_MAX {
            self.edge.metrics.commands.with_label_values(&["busy"]).inc();
            return self.refuse(Some(id), stream, ErrorBody::busy());
        }
        self.in_flight.set(self.in_flight.get() + 1);
        let trace = TraceId(self.edge.hub.ids().next());
        let span = tracing::debug_span!("command", %trace, %id, name = command.type_name());
        let this = self.clone();
        // Local tasks are first polled in the order they were spawned, and the first poll
        // puts the command into its entity's mailbox: so order of sending is order of deciding.
        tokio::task::spawn_local(
            async move {
                let request = Request { id, stream, command, trace };
                let result = this.edge.hub.submit(&this.who, request).await;
                this.in_flight.set(this.in_flight.get() - 1);
                this.edge.metrics.commands.with_label_values(&[outcome(&result)]).inc();
                match result {
                    Ok(done) => this.push(&ServerFrame::Ack {
                        id: done.id,
                        stream: done.stream,
                        seq: done.seq,
                        result: done.result,
                    }),
                    Err(error) => {
                        if error.kind == ErrorKind::Internal {
                            tracing::error!(%trace, %id, %error, "a command failed");
                        }
                        this.refuse(Some(id), stream, error);
                    }
                }
            }
            .instrument(span),
        );
    }
}
