/**
 * Real servers on this machine, for the tests, the demo and the playground alike: a Kubernetes
 * control plane, PostgreSQL, and the operator as a process of its own.
 */
@NullMarked
package dev.matviews.playground;

import org.jspecify.annotations.NullMarked;
