package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A copy of a running server's data from which a standby starts, by the low-level backup functions:
 * the embedded distributions have no pg_basebackup.
 */
final class BaseBackup {

  /** A standby fetches its WAL from the primary, and has neither its process nor its slots. */
  private static final Set<String> EMPTIED = Set.of("pg_wal", "pg_replslot", "pg_stat_tmp");

  private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts");

  private BaseBackup() {}

  static void of(PostgresServer primary, Path data, Path copy) {
    try (Connection connection = primary.connect(PostgresServer.ADMIN);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('standby', true)");
      copy(data, copy);
      try (ResultSet end = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
        end.next();
        Files.writeString(copy.resolve("backup_label"), end.getString(1));
      }
      Files.createFile(copy.resolve("standby.signal"));
    } catch (SQLException e) {
      throw new IllegalStateException("the server could not be backed up", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path data, Path copy) throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.walk(data)) {
      found = files.map(data::relativize).filter(BaseBackup::isWanted).toList();
    }
    for (Path path : found) {
      if (Files.isDirectory(data.resolve(path))) {
        Files.createDirectories(copy.resolve(path));
      } else {
        copyFile(data.resolve(path), copy.resolve(path));
      }
    }
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));
  }

  private static boolean isWanted(Path path) {
    String top = path.getName(0).toString();
    return !LEFT_OUT.contains(top) && (path.getNameCount() == 1 || !EMPTIED.contains(top));
  }

  /** Of a relation that is dropped meanwhile, the WAL tells the rest. */
  private static void copyFile(Path from, Path to) throws IOException {
    try {
      Files.copy(from, to);
    } catch (NoSuchFileException e) {
      Files.deleteIfExists(to);
    }
  }
}
