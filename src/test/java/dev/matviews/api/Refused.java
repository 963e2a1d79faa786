package dev.matviews.api;

/**
 * Something that the API server refuses.
 *
 * @param what names the test
 * @param yaml the part of a view that is wrong
 * @param message what the user reads then, or a part of it
 */
record Refused(String what, String yaml, String message) {

  @Override
  public String toString() {
    return what;
  }
}
