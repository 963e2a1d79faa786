MVN := ./mvnw --batch-mode --no-transfer-progress
APP := target/quarkus-app/quarkus-run.jar
# exec: a signal that make passes on reaches Java and no shell.
JAVA = exec java -cp "target/test-classes:target/classes:$$(cat target/test.classpath)"
PLAYGROUND = $(JAVA) dev.matviews.playground.Playground
BENCH = lateness modes

.PHONY: demo playground test verify bench format crds

demo: $(APP) ## everything up, the quickstart applied and refreshed, everything down
	@$(PLAYGROUND) demo

playground: $(APP) ## the same, stays up until Ctrl-C
	@$(PLAYGROUND) up

bench: $(APP) ## the figures of docs/, measured here; the long form: BENCH="modes long"
	@$(JAVA) dev.matviews.bench.Bench $(BENCH)

# The program and the test classes, made again only where a source is newer.
$(APP): pom.xml $(shell find src -type f)
	$(MVN) -q package -DskipTests
	@touch $@

test:       ## the gate
	$(MVN) verify

verify:     ## everything, long
	$(MVN) verify -Pverify

format:     ## source files as the build wants them
	$(MVN) -q spotless:apply

crds:       ## crds/ as the code says
	$(MVN) -q test-compile surefire:test -Dtest=CrdsTest -Dcrds.update=true
