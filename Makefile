# Everything runs from the project's own environment in .venv; Node.js and Java come with it.
SHELL := /bin/bash -o pipefail
PYTHON ?= python3.11
ENV ?= dev
OUT ?= cdk.out
APPROVAL ?= broadening
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE # hundreds of processes import the same modules
CDK := cdk --app "python app.py" -c env=$(ENV) --output $(OUT)

.DEFAULT_GOAL := help
.PHONY: help setup demo stop test check policy package features forks merge clients mutate bench snapshots docs synth review diff bootstrap deploy destroy lock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{ \
	  line = sprintf("  make %-9s ", $$1); \
	  count = split($$2, words, " "); \
	  for (at = 1; at <= count; at++) { \
	    if (length(line " " words[at]) > 80) { print line; line = sprintf("%17s", "") } \
	    line = line " " words[at] \
	  } \
	  print line }'

setup: .venv/.ready .venv/checkov/.ready .build/layers/.ready .build/classes/.ready ## Install everything into this folder (done by the other targets when needed)

.venv/.ready: requirements-dev.txt tools/uv.txt package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { echo "$(PYTHON) is not Python 3.11: install it, or name it with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "setting up .venv (once)"
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv.txt
	@uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r requirements-dev.txt
	@uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@npm ci --silent --no-audit --no-fund
	@touch $@

.venv/checkov/.ready: .venv/.ready tools/checkov.txt
	@uv venv --quiet --clear --python .venv/bin/python .venv/checkov
	@uv pip install --quiet --python .venv/checkov/bin/python --require-hashes -r tools/checkov.txt
	@touch $@

.build/wheels/jobs.gluewheels.zip: .venv/.ready tools/package/lambda.txt tools/package/glue.txt
	@echo "fetching the wheels for Lambda and Glue (once)"
	@python -m tools.package fetch

.build/layers/.ready: .build/wheels/jobs.gluewheels.zip tools/package/build.py tools/package/layer.py tools/package/pruning.py
	@echo "building the layers for Lambda (once)"
	@python -m tools.package build > /dev/null
	@touch $@

.build/classes/.ready: .venv/.ready local/emulator/jars.py local/emulator/class_archive.py local/emulator/class_training.py local/emulator/spark.py
	@echo "archiving the classes of Spark (once)"
	@python -m local.emulator.class_archive > /dev/null
	@touch $@

demo: .build/layers/.ready .build/classes/.ready ## Run the whole lake on this machine: KEEP=1 leaves it running, REPORT=file.json writes the summary
	@python -m local.demo run $(if $(KEEP),--keep) $(if $(REPORT),--report $(REPORT))

stop: ## Stop the lake that KEEP=1 left running
	@if [ -f .venv/.ready ]; then python -m local.demo stop; else echo "no lake is running: nothing is set up here"; fi

check: .build/layers/.ready ## The fast checks: style, types, imports, unit tests and one synthesis
	@tools/check fast

policy: .build/layers/.ready .venv/checkov/.ready ## Check all templates by tests, policy packs and linters; with ENV=dev print what stands in that environment, and why
	@$(if $(filter-out file,$(origin ENV)),python -m tools.policy --env $(ENV),tools/check policy)

package: .build/wheels/jobs.gluewheels.zip ## Build the layers that silver without Spark imports on Lambda and on the laptop again, and tell what they weigh
	@python -m tools.package build

test: check policy .build/classes/.ready ## All checks and tests, the whole lake included; of features, those that changed and one in turn
	@tools/check rest

features: .build/layers/.ready .build/classes/.ready ## Run what tests of features need an engine, all or those of FEATURE=name, and put it on record
	@python -m tools.feature_tests run $(FEATURE)

forks: .build/layers/.ready ## Edit copies of the project as forks would, and run the fast checks there
	@pytest -q -n 2 --dist worksteal tests/fork

merge: ## Take a newer blueprint into this fork, what it deleted staying deleted: FROM=blueprint/main
	@tools/merge $(FROM)

clients: .build/wheels/jobs.gluewheels.zip .build/classes/.ready ## Ask a lake with clients of AWS, each in an environment of its own
	@pytest -q -m clients tests/local/clients

mutate: .venv/.ready ## Tell which faults in the pure logic no test notices: ONLY=group tries one group
	@python -m tools.mutation $(ONLY)

bench: .build/layers/.ready ## Measure jobs and functions on two cores: OUT=file.json writes the figures
	@PYTHONPATH=lambda_src:glue_scripts python -m tools.bench $(if $(filter-out file,$(origin OUT)),--out $(OUT))

snapshots: .build/layers/.ready ## Accept the templates of the framework's tests as they are now, or with ENV=dev those of dev
	@pytest -q --snapshot-update $(if $(filter-out file,$(origin ENV)),"tests/infra/snapshot/test_templates.py::test_templates_of_an_environment_are_as_accepted[own-$(ENV)]",tests/infra/snapshot tests/features -k "as_accepted and not environment or unchanged")

docs: .build/layers/.ready ## Write the data catalogue, and the reference pages of this project
	@CDK_VALIDATION=false $(CDK) synth --quiet > /dev/null
	@lake docs --env $(ENV) --templates $(OUT)
	@python -m tools.docs.reference

synth: .build/layers/.ready ## Write the cloud assembly of ENV into OUT
	@$(CDK) synth --quiet

review: .build/layers/.ready ## Write what a change does to contracts, data, rights and bill: AGAINST=origin/main REPORT=file.md
	@tools/review $(or $(AGAINST),origin/main) $(or $(REPORT),review.md)

diff: .build/layers/.ready ## Compare ENV with what is deployed
	@$(CDK) diff $(if $(METHOD),--method $(METHOD))

bootstrap: .build/layers/.ready ## Prepare the account and region of ENV for CDK deployments (once)
	@$(CDK) bootstrap

deploy: .build/layers/.ready ## Deploy ENV into the account of your AWS credentials
	@$(CDK) deploy --all --require-approval $(APPROVAL)

destroy: .venv/.ready ## Remove ENV with all its data, if it is disposable: YES=name answers the question
	@lake-ops remove --env $(ENV) $(if $(YES),--yes $(YES))

lock: .venv/.ready ## Resolve requirements*.in, tools/**/*.in and those of the clients again
	@for folder in tests/local/clients/*/requirements.in; do (cd "$$(dirname "$$folder")" && uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 requirements.in -o requirements.txt) || exit 1; done
	@uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	@uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 -c requirements-dev.txt requirements.in -o requirements.txt
	@uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 tools/checkov.in -o tools/checkov.txt
	@uv pip compile --quiet --no-header --generate-hashes --only-binary :all: --python-version 3.14 --python-platform aarch64-manylinux_2_28 -c requirements-dev.txt tools/package/lambda.in -o tools/package/lambda.txt
	@uv pip compile --quiet --no-header --generate-hashes --only-binary :all: --python-version 3.11 --python-platform x86_64-manylinux_2_28 -c requirements-dev.txt tools/package/glue.in -o tools/package/glue.txt

clean: ## Remove everything that the other targets made
	@rm -rf .venv .build node_modules cdk.out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
