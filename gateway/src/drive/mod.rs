//! Area `drive` on HTTP: uploads, files, spaces, links. Invariant: bytes leave only for who may
//! see a place that names them, and with the name and type that place gives them.

pub(crate) mod blobs;
pub(crate) mod links;
mod page;
mod send;
pub(crate) mod spaces;
mod thumbs;
pub(crate) mod uploads;

pub(crate) use thumbs::Thumbs;

use crate::{error::Refusal, only};
use actix_web::{
    http::Method,
    web::{self, ServiceConfig},
};
use persistence::BlobError;
use protocol::{ErrorBody, ErrorKind};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(only("/v1/uploads", Method::POST, uploads::begin))
        .service(only("/v1/uploads/{upload}/finish", Method::POST, uploads::finish))
        .service(
            web::resource("/v1/uploads/{upload}")
                .route(web::get().to(uploads::state))
                .route(web::head().to(uploads::state))
                .route(web::patch().to(uploads::append))
                .route(web::delete().to(uploads::cancel))
                .default_service(web::to(|| async {
                    crate::error::wrong_method("GET, HEAD, PATCH, DELETE")
                })),
        )
        .service(only("/v1/blobs/{blob}", Method::GET, blobs::file))
        .service(only("/v1/drive", Method::GET, spaces::spaces))
        .service(only("/v1/drive/{space}/nodes", Method::GET, spaces::nodes))
        .service(only("/v1/drive/{space}/nodes/{node}/versions", Method::GET, spaces::versions))
        .service(only("/v1/drive/{space}/bin", Method::GET, spaces::bin))
        .service(only("/v1/drive/{space}/members", Method::GET, spaces::members))
        .service(only("/v1/drive/{space}/links", Method::GET, spaces::links))
        .service(
            web::resource(page::PATH)
                .route(web::get().to(page::show))
                .route(web::post().to(page::open))
                .default_service(web::to(|| async { crate::error::wrong_method("GET, POST") })),
        )
        .service(only("/v1/links/{token}", Method::GET, links::info))
        .service(only("/v1/links/{token}/file", Method::POST, links::file))
        .service(only("/v1/links/{token}/nodes", Method::POST, links::nodes))
        .service(only(page::FILE, Method::GET, page::file));
}

impl From<BlobError> for Refusal {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Refused(refused) => Self(refused),
            BlobError::Store(error) => error.into(),
            BlobError::Files(why) => {
                tracing::warn!(%why, "the files do not answer");
                let message = "the store of files does not answer; try again";
                Self(ErrorBody::new(ErrorKind::Unavailable, "drive.unavailable", message))
            }
            BlobError::Damaged | BlobError::Key(_) => {
                tracing::error!(%error, "a file cannot be read");
                let message = "the file is damaged; an operator must put it back";
                Self(ErrorBody::new(ErrorKind::Internal, "drive.damaged", message))
            }
        }
    }
}
