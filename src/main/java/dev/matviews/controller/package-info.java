/** Kubernetes in and out: the reconcilers and what carries them. */
@NullMarked
package dev.matviews.controller;

import org.jspecify.annotations.NullMarked;
