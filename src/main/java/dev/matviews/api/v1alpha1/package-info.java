/**
 * The contract with users: the kinds of {@code matviews.dev/v1alpha1} as records, from which the
 * files in {@code crds/} are generated. No behaviour. A component that the API server fills from
 * its schema default is not nullable here.
 */
@NullMarked
package dev.matviews.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
