package dev.sluice.bench.guarantees;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/// A loopback server that reads requests and never answers. It counts connections, and those that
/// the other side closed.
final class SilentServer implements AutoCloseable {
  private final ServerSocket server;
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  SilentServer() throws IOException {
    server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  int opened() {
    return opened.get();
  }

  int closed() {
    return closed.get();
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        opened.incrementAndGet();
        Thread.startVirtualThread(() -> drain(socket));
      }
    } catch (IOException _) {
      // The server was closed: the question is over.
    }
  }

  private void drain(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException _) {
      // A reset closed the connection, which counts as well.
    }
    closed.incrementAndGet();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
