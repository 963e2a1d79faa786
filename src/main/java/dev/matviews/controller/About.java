package dev.matviews.controller;

import dev.matviews.refresh.RunId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * What a line of the log is about: an object, and a run of it if there is one.
 *
 * <p>The fields that structured logs have for it are named as the framework names them.
 */
record About(String kind, ResourceID object, @Nullable RunId run) {

  /** What would make two lines of one, or hide a part of it. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

  static About view(ResourceID view) {
    return new About("MaterializedView", view, null);
  }

  static About run(ResourceID view, @Nullable RunId run) {
    return new About("MaterializedView", view, run);
  }

  static About connection(ResourceID connection) {
    return new About("PostgresConnection", connection, null);
  }

  static About object(HasMetadata object) {
    return new About(object.getKind(), ResourceID.fromResource(object), null);
  }

  /** The text of a line: people read plain text, where there are no fields. */
  String says(String text) {
    String who = object.getNamespace().orElse("") + "/" + object.getName();
    String what = run == null ? who : who + ": " + run;
    return UNPRINTABLE.matcher(what + ": " + text).replaceAll("?");
  }

  /**
   * The same on a thread of our own, where each line is about it. Such a thread has inherited the
   * fields of whichever thread was the first to need it.
   */
  Runnable on(Runnable body) {
    return () -> {
      MDC.clear();
      putFields();
      try {
        body.run();
      } finally {
        MDC.clear();
      }
    };
  }

  void info(Logger log, String text) {
    log(log, Logger.Level.INFO, text, null);
  }

  void warn(Logger log, String text) {
    log(log, Logger.Level.WARN, text, null);
  }

  /** With its stack trace, which nothing else has. */
  void defect(Logger log, Throwable thrown) {
    log(log, Logger.Level.ERROR, "a defect of the operator", thrown);
  }

  /** One line, on whichever thread: the framework's fields do not last through a whole pass. */
  private void log(Logger log, Logger.Level level, String text, @Nullable Throwable thrown) {
    Map<String, Object> before = Map.copyOf(MDC.getMap());
    putFields();
    try {
      log.log(level, says(text), thrown);
    } finally {
      MDC.clear();
      before.forEach(MDC::put);
    }
  }

  private void putFields() {
    MDC.put("resource.kind", kind);
    MDC.put("resource.namespace", object.getNamespace().orElse(""));
    MDC.put("resource.name", object.getName());
    if (run == null) {
      // A thread of the framework may have inherited that of a run.
      MDC.remove("run");
    } else {
      MDC.put("run", run.toString());
    }
  }
}
