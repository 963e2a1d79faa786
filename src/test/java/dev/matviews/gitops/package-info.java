/** What tools that sync Git with a cluster make of our objects. */
@NullMarked
package dev.matviews.gitops;

import org.jspecify.annotations.NullMarked;
