/** The Helm chart, the plain manifests that are rendered from it, and the image. */
@NullMarked
package dev.matviews.chart;

import org.jspecify.annotations.NullMarked;
