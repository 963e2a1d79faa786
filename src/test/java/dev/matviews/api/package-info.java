/** The API as users meet it: the files in crds/ and a real API server that holds them. */
@NullMarked
package dev.matviews.api;

import org.jspecify.annotations.NullMarked;
