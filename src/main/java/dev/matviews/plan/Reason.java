package dev.matviews.plan;

/**
 * Why something is as it is: the one vocabulary of conditions, events, runs and metrics, spelled as
 * users read it.
 *
 * <p>Each says what happens next ({@link Retry}); nothing else in the operator decides that.
 */
public enum Reason {
  InSync(Retry.None),
  NotPopulated(Retry.None),
  Populating(Retry.None),
  ChangingDefinition(Retry.None),
  Suspended(Retry.None),
  Succeeded(Retry.None),
  Fresh(Retry.None),
  Stale(Retry.None),

  RefreshInProgress(Retry.Backoff),
  LockTimeout(Retry.Backoff),
  RefreshTimeout(Retry.Backoff),
  Deadlock(Retry.Backoff),
  DatabaseUnavailable(Retry.Backoff),
  TooManyConnections(Retry.Backoff),
  InsufficientResources(Retry.Slow),
  ReadOnlyServer(Retry.Backoff),
  ConnectionNotReady(Retry.Backoff),

  SourceMissing(Retry.OnEvent),
  SchemaMissing(Retry.OnEvent),
  UpstreamNotPopulated(Retry.OnEvent),
  UpstreamFailed(Retry.OnEvent),
  DependencyNotFound(Retry.OnEvent),
  ConnectionNotFound(Retry.OnEvent),
  SecretNotFound(Retry.OnEvent),
  SecretIncomplete(Retry.OnEvent),

  InvalidSQL(Retry.Never),
  UnsupportedSQL(Retry.Never),
  PermissionDenied(Retry.Never),
  InvalidIdentifier(Retry.Never),
  NotAMaterializedView(Retry.Never),
  ViewMissing(Retry.Never),
  AlreadyExists(Retry.Never),
  TargetConflict(Retry.Never),
  UniqueIndexRequired(Retry.Never),
  DependentsExist(Retry.Never),
  DependencyCycle(Retry.Never),
  OwnerNotAllowed(Retry.Never),
  SchemaNotAllowed(Retry.Never),
  HostNotAllowed(Retry.Never),
  SecretNotAllowed(Retry.Never),
  DatabaseChanged(Retry.Never),
  ChangePendingApproval(Retry.Never),
  InvalidSchedule(Retry.Never),
  InvalidTimeZone(Retry.Never),
  AuthenticationFailed(Retry.Never),
  TLSFailed(Retry.Never),
  PrivilegedRole(Retry.Never),
  PoolerUnsupported(Retry.Never),
  BookkeepingUnavailable(Retry.Never),
  UnsupportedVersion(Retry.Never),
  DefinitionChanged(Retry.Never),
  SourceColumnsChanged(Retry.Never),
  IndexesChanged(Retry.Never),
  OwnershipChanged(Retry.Never),
  AttributesChanged(Retry.Never),
  ObjectMissing(Retry.Never),

  QueryFailed(Retry.Never),
  InvalidSetting(Retry.Never),
  DuplicateRows(Retry.Never),
  Cancelled(Retry.Never),
  Missed(Retry.Never),

  InternalError(Retry.Slow);

  /** What the operator does about it. */
  public enum Retry {
    /** Nothing is wrong. */
    None,
    /** Passes by itself: tried again after a growing pause. */
    Backoff,
    /** Passes by itself, but not soon: tried again every few minutes. */
    Slow,
    /** Something else has to appear first: tried again when it may have. */
    OnEvent,
    /** The user has to act: looked at again at every pass, and at once after an edit. */
    Never
  }

  private final Retry retry;

  Reason(Retry retry) {
    this.retry = retry;
  }

  public Retry retry() {
    return retry;
  }

  /** Whether another try would end the same way. */
  public boolean isFinal() {
    return switch (retry) {
      case None, Never -> true;
      case Backoff, Slow, OnEvent -> false;
    };
  }

  /** Whether it is about the way to the database and not about a view in it. */
  public boolean concernsConnection() {
    return switch (this) {
      case DatabaseUnavailable,
          TooManyConnections,
          AuthenticationFailed,
          TLSFailed,
          ReadOnlyServer,
          BookkeepingUnavailable,
          UnsupportedVersion,
          HostNotAllowed ->
          true;
      default -> false;
    };
  }
}
