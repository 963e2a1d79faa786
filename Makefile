MVN := ./mvnw --batch-mode --no-transfer-progress
PLAYGROUND = java -cp "target/test-classes:target/classes:$$(cat target/test.classpath)" dev.matviews.playground.Playground

.PHONY: demo playground test verify format crds

demo:       ## everything up, the quickstart applied and refreshed, everything down
	$(MVN) -q package -DskipTests && exec $(PLAYGROUND) demo

playground: ## the same, stays up until Ctrl-C
	$(MVN) -q package -DskipTests && exec $(PLAYGROUND) up

test:       ## the gate
	$(MVN) verify

verify:     ## everything, long
	$(MVN) verify -Pverify

format:     ## source files as the build wants them
	$(MVN) -q spotless:apply

crds:       ## crds/ as the code says
	$(MVN) -q test-compile surefire:test -Dtest=CrdsTest -Dcrds.update=true
