//! Area `organisation`: one stream, whoever asks.

use crate::{
    env::Env,
    hub::{Hub, Request},
    shell::Shell,
};
use domain::{Who, organisation::Organisation};
use protocol::{
    CommandId, DecodeError, ErrorBody, StreamId, TraceId,
    organisation::{
        OrganisationCommand, OrganisationEvent, SetWatermark, Watermark, organisation_stream,
    },
};

impl Hub {
    /// Makes the stream that everybody watches, where there is none yet.
    pub async fn found_organisation(&self) -> Result<(), ErrorBody> {
        let watermark = Watermark::default();
        let organisation = self.watch_head(&Who::hub(), organisation_stream()).await;
        match organisation {
            Err(error) if error.code == "hub.no_such_stream" => {}
            _ => return Ok(()),
        }
        let request = Request {
            id: CommandId(self.ids().next()),
            stream: None,
            command: OrganisationCommand::SetWatermark(SetWatermark { watermark }).into(),
            trace: TraceId(self.ids().next()),
        };
        self.submit(&Who::hub(), request).await.map(|_| ())
    }
}

impl Shell for Organisation {
    fn encode(event: &OrganisationEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<OrganisationEvent, DecodeError> {
        OrganisationEvent::decode(type_name, body)
    }

    fn target(_: &Who, _: &OrganisationCommand) -> Option<StreamId> {
        Some(organisation_stream())
    }

    async fn facts(
        _: &Env,
        _: &Who,
        _: StreamId,
        _: &OrganisationCommand,
    ) -> Result<(), ErrorBody> {
        Ok(())
    }
}
