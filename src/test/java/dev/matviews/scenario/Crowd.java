package dev.matviews.scenario;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.postgresql.PGConnection;

/**
 * Clients that read a view 1 ms apart, through statements that the server has prepared, each read
 * in a transaction of its own.
 */
final class Crowd implements AutoCloseable {

  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final List<Reader> readers = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * What came of it.
   *
   * @param failures reads that failed or did not bring the wanted number of rows
   * @param latencies in a line for people
   */
  record Outcome(List<String> failures, String latencies) {}

  /**
   * One client.
   *
   * @param query with one parameter, an id
   * @param wantedRows of each read
   */
  record Client(String query, int highestId, int wantedRows) {}

  private final class Reader extends Thread {

    private final LongStream.Builder nanos = LongStream.builder();
    private final Tenant tenant;
    private final Client client;

    Reader(Tenant tenant, Client client) {
      super("reader");
      this.tenant = tenant;
      this.client = client;
    }

    @Override
    public void run() {
      try (Connection connection = tenant.connect()) {
        connection.unwrap(PGConnection.class).setPrepareThreshold(1);
        try (PreparedStatement statement = connection.prepareStatement(client.query())) {
          while (!stopping) {
            read(statement);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
          }
        }
      } catch (SQLException e) {
        failures.add("%s: %s".formatted(client.query(), e.getMessage()));
      }
    }

    private void read(PreparedStatement statement) throws SQLException {
      statement.setInt(1, ThreadLocalRandom.current().nextInt(1, client.highestId() + 1));
      long start = System.nanoTime();
      int found = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found++;
        }
      }
      nanos.add(System.nanoTime() - start);
      if (found != client.wantedRows()) {
        failures.add("%s: %d rows".formatted(client.query(), found));
      }
    }
  }

  static Crowd of(Tenant tenant, List<Client> clients) {
    Crowd crowd = new Crowd();
    clients.forEach(client -> crowd.readers.add(crowd.new Reader(tenant, client)));
    crowd.readers.forEach(Thread::start);
    return crowd;
  }

  Outcome stop() {
    close();
    long[] all = readers.stream().flatMapToLong(reader -> reader.nanos.build()).toArray();
    Arrays.sort(all);
    return new Outcome(List.copyOf(failures), latencies(all));
  }

  private static String latencies(long[] sorted) {
    return "%d reads, p50 %.1f ms, p99 %.1f ms, max %.1f ms"
        .formatted(sorted.length, millis(sorted, 0.5), millis(sorted, 0.99), millis(sorted, 1));
  }

  private static double millis(long[] sorted, double quantile) {
    int index = (int) Math.ceil(quantile * sorted.length) - 1;
    return sorted[Math.max(0, index)] / 1e6;
  }

  @Override
  public void close() {
    stopping = true;
    for (Reader reader : readers) {
      try {
        reader.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failures.add("interrupted");
      }
    }
  }
}
