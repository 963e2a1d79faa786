package dev.matviews.controller;

import java.nio.charset.StandardCharsets;

/** Texts cut to a length, with an ellipsis in place of the rest and never inside a character. */
final class ShortText {

  private static final String ELLIPSIS = "…";

  private ShortText() {}

  static String characters(String text, int longest) {
    return text.length() <= longest ? text : cut(text, longest - 1) + ELLIPSIS;
  }

  /** In UTF-8, as the API server counts. */
  static String bytes(String text, int longest) {
    if (bytes(text) <= longest) {
      return text;
    }
    int end = Math.min(text.length(), longest);
    while (bytes(cut(text, end)) > longest - bytes(ELLIPSIS)) {
      end--;
    }
    return cut(text, end) + ELLIPSIS;
  }

  private static String cut(String text, int end) {
    boolean inside = end > 0 && Character.isHighSurrogate(text.charAt(end - 1));
    return text.substring(0, inside ? end - 1 : end);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
