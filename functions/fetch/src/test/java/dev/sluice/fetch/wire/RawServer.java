package dev.sluice.fetch.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/// Sends exactly the bytes that a test wrote, and keeps what it got. Loopback alone.
final class RawServer implements AutoCloseable {
  /// What one connection does.
  @FunctionalInterface
  interface Script {
    void run(Peer peer) throws Exception;
  }

  private final ServerSocket socket;
  private final List<Socket> accepted = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();

  RawServer(Script script) throws IOException {
    this(ServerSocketFactory.getDefault(), script);
  }

  RawServer(ServerSocketFactory factory, Script script) throws IOException {
    socket = factory.createServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    Thread.ofVirtual().start(() -> accept(script));
  }

  /// Answers each request of each connection with these bytes.
  static RawServer answering(String response) throws IOException {
    return new RawServer(peer -> {
      while (peer.request() != null) {
        peer.send(response);
      }
    });
  }

  /// Answers one request with these bytes, and closes.
  static RawServer closing(String response) throws IOException {
    return new RawServer(peer -> {
      peer.request();
      peer.send(response);
    });
  }

  private void accept(Script script) {
    while (!socket.isClosed()) {
      try {
        var connection = socket.accept();
        accepted.add(connection);
        Thread.ofVirtual().start(() -> serve(connection, script));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket connection, Script script) {
    try (connection) {
      script.run(new Peer(connection));
      ends.add("done");
    } catch (Exception gone) {
      ends.add("gone");
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  String url(String pathAndQuery) {
    return "http://127.0.0.1:" + port() + pathAndQuery;
  }

  int accepted() {
    return accepted.size();
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  /// How the next connection ended: `done`, or `gone` when the client closed it first.
  @Nullable String end() throws InterruptedException {
    return ends.poll(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (var connection : accepted) {
      connection.close();
    }
  }

  final class Peer {
    private final Socket connection;
    private final InputStream in;
    private final OutputStream out;

    Peer(Socket connection) throws IOException {
      this.connection = connection;
      in = connection.getInputStream();
      out = connection.getOutputStream();
    }

    /// The next request's head; null at the end.
    @Nullable String request() throws IOException {
      var head = new ByteArrayOutputStream();
      while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        var b = in.read();
        if (b < 0) {
          return null;
        }
        head.write(b);
      }
      requests.add(head.toString(ISO_8859_1));
      return head.toString(ISO_8859_1);
    }

    void send(String bytes) throws IOException {
      send(bytes.getBytes(ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /// Sends it again and again until the client closes.
    void sendForEver(String bytes) throws IOException {
      while (true) {
        send(bytes);
      }
    }

    /// Sends nothing until the client closes.
    void silence() throws IOException {
      while (in.read() >= 0) {}
      throw new IOException("the client closed");
    }

    /// Closes with a reset.
    void reset() throws IOException {
      connection.setSoLinger(true, 0);
      connection.close();
    }
  }
}
