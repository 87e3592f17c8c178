//! What the machine allows: a bare tokio server that sends each message as one prepared
//! frame to every other connection. No sign-in, no storage, no rules.

use crate::Failure;
use futures_util::{SinkExt, StreamExt};
use std::{cell::RefCell, rc::Rc};
use tokio::{
    io::AsyncWriteExt,
    net::{
        TcpListener,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Mutex,
};
use tokio_tungstenite::{WebSocketStream, tungstenite::protocol::Role};

type Writer = Rc<Mutex<OwnedWriteHalf>>;
type Writers = Rc<RefCell<Vec<Writer>>>;

#[expect(clippy::print_stdout, reason = "the starter reads the address from here")]
pub(crate) async fn serve(listen: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let writers: Writers = Rc::default();
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let writers = writers.clone();
                tokio::task::spawn_local(async move {
                    // A connection that breaks the protocol only ends itself.
                    let _ = connection(stream, writers).await;
                });
            }
        })
        .await
}

async fn connection(stream: tokio::net::TcpStream, writers: Writers) -> Result<(), Failure> {
    let mut socket = tokio_tungstenite::accept_hdr_async(
        stream,
        #[expect(clippy::result_large_err, reason = "the library's own signature")]
        |_: &tokio_tungstenite::tungstenite::handshake::server::Request,
         mut response: tokio_tungstenite::tungstenite::handshake::server::Response| {
            let name = "hub.v1.json".parse().expect("a valid header value");
            response.headers_mut().insert("sec-websocket-protocol", name);
            Ok(response)
        },
    )
    .await?;
    socket.flush().await?;
    let (read, write) = socket.into_inner().into_split();
    let own: Writer = Rc::new(Mutex::new(write));
    writers.borrow_mut().push(own.clone());
    // Who has been greeted is on the list and will hear everything.
    own.lock().await.write_all(&encode(b"{\"t\":\"welcome\"}")).await?;
    let ended = repeat_to_all(read, &writers).await;
    writers.borrow_mut().retain(|writer| !Rc::ptr_eq(writer, &own));
    ended
}

async fn repeat_to_all(read: OwnedReadHalf, writers: &Writers) -> Result<(), Failure> {
    let reader = tokio::io::join(read, tokio::io::sink());
    let mut socket = WebSocketStream::from_raw_socket(reader, Role::Server, None).await;
    while let Some(message) = socket.next().await {
        let text = message?.into_text()?;
        let frame = encode(text.as_bytes());
        let all: Vec<Writer> = writers.borrow().clone();
        for writer in all {
            // Who has gone is taken off the list by its own task.
            let _ = writer.lock().await.write_all(&frame).await;
        }
    }
    Ok(())
}

/// One unmasked text frame.
fn encode(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u8::try_from(payload.len()) {
        Ok(short) if short < 126 => frame.push(short),
        _ => {
            frame.push(126);
            frame.extend(u16::try_from(payload.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}
