package dev.matviews.controller;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the whole operator, as {@code matviews.*} properties or {@code MATVIEWS_*}. */
@ConfigMapping(prefix = "matviews")
public interface OperatorConfig {

  /** Whose views these are, in the bookkeeping of a database that several operators share. */
  @WithDefault("default")
  String ownerId();

  /** Whether to wait for a lease, so that of several replicas one works. */
  @WithDefault("true")
  boolean leaderElection();

  /** Refreshes and other long work at once, in all databases together. */
  @WithDefault("32")
  int maxConcurrentRefreshes();

  /** How often a view and a connection are looked at when nothing happens. */
  @WithDefault("5m")
  Duration resyncInterval();

  /** How often something that waits for others is looked at. */
  @WithDefault("10s")
  Duration recheckInterval();

  /** A failing connection is tried again, with its Secret read anew, at least this often. */
  @WithDefault("60s")
  Duration connectionRetryInterval();

  /** A database connection that nobody uses is closed after this time. */
  @WithDefault("60s")
  Duration connectionIdleTimeout();
}
