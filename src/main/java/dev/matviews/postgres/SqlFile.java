package dev.matviews.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The longer statements stand in files of their own, where a database person can read them. */
final class SqlFile {

  private static final Map<String, String> READ = new ConcurrentHashMap<>();

  private SqlFile() {}

  static String read(String name) {
    return READ.computeIfAbsent(name, SqlFile::load);
  }

  private static String load(String name) {
    try (InputStream in = Objects.requireNonNull(SqlFile.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
