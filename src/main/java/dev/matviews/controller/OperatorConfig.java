package dev.matviews.controller;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of the whole operator, as {@code matviews.*} properties or {@code MATVIEWS_*}. */
@ConfigMapping(prefix = "matviews")
public interface OperatorConfig {

  /** Whose views these are, in the bookkeeping of a database that several operators share. */
  @WithDefault("default")
  String ownerId();

  /** Whether to wait for a lease, so that of several replicas one works. */
  @WithDefault("true")
  boolean leaderElection();

  /** Whether each view has metrics of its own, beside the sums of its connection. */
  @WithDefault("false")
  boolean metricsPerView();

  /** Two operators in one namespace, which do not wait for each other, have one each. */
  @WithDefault("matview-operator")
  String leaseName();

  /** All when empty. With a list the operator needs rights in these namespaces only. */
  Optional<List<String>> watchNamespaces();

  /** Refreshes and other long work at once, in all databases together. */
  @WithDefault("32")
  int maxConcurrentRefreshes();

  /** How often a view and a connection are looked at when nothing happens. */
  @WithDefault("5m")
  Duration resyncInterval();

  /** How often something that waits for others is looked at. */
  @WithDefault("10s")
  Duration recheckInterval();

  /** Secrets of a connection are read again this often; a failing one is tried at least so. */
  @WithDefault("60s")
  Duration connectionRetryInterval();

  /** A database connection that nobody uses is closed after this time. */
  @WithDefault("60s")
  Duration connectionIdleTimeout();

  /**
   * How long runs may go on when the operator is told to stop. A Pod's grace period has to be 20
   * seconds longer.
   */
  @WithDefault("5s")
  Duration shutdownDrain();

  /**
   * Where no database is ever looked for, by address: what a machine offers to its neighbours and
   * what clouds tell a machine about itself, its credentials included.
   */
  @WithDefault(
      "169.254.0.0/16,fe80::/10,64:ff9b::a9fe:0/112,fd00:ec2::254/128,100.100.100.200/32,"
          + "168.63.129.16/32,192.0.0.192/32")
  List<String> refusedNetworks();
}
