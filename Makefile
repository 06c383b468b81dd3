# One way to run each thing. `make help` lists them.
#   ENV=production   the environment (default: lab)      LIMIT=mail1,files   hosts or groups
#   V=1              the complete output                 PLAN=1              lan, uplinks: show, send nothing
#   YES=1            deploy: do not ask                  PLAN=plan.json      deploy: do exactly this plan
#   REASON='…'       deploy: why it may remove more      OUT=plan.json       plan: write it, with its checksum
#   CHANGES_OK=1     plan: changes are no failure, as in CI

ENV ?= lab
LIMIT ?=
V ?=
PLAN ?=
HOST ?=
CMD ?=
FORMAT ?= table
DEPLOY ?= site
SCOPE ?=
KEY ?=
SUBJECT ?= all
ROUNDS ?= 3
HOSTS ?= 8
TOOLS ?=
TABLE ?=
YES ?=
OUT ?=
FROM ?=
REASON ?=
JSON ?=
CHANGES_OK ?=
LIVE ?=
FROM ?=
CONSOLE ?=
ADDRESS ?=
INSTITUTION ?=
JOBS ?=
RATE ?=
CA ?=
STARTTLS ?=
DAYS ?=
END ?=

VENV := .cache/venv
BENCH_VENV := .cache/bench/venv
BIN := $(VENV)/bin
PY := $(BIN)/python
OPTIONS = --environment $(ENV) --deploy $(DEPLOY) $(if $(LIMIT),--limit "$(LIMIT)") $(if $(V),--verbose) $(if $(JSON),--json)
DEVICES = --environment $(ENV) $(if $(LIMIT),--limit $(LIMIT)) $(if $(PLAN),--plan) $(if $(FROM),--from $(FROM)) \
	$(if $(V),--verbose) $(if $(REASON),--reason "$$REASON")

# What the lab needs of this machine: a command, and the Debian package that has it.
LAB_TOOLS := mmdebstrap:mmdebstrap systemd-nspawn:systemd-container apt-cacher-ng:apt-cacher-ng socat:socat \
	nft:nftables ip:iproute2 ethtool:ethtool ssh:openssh-client pgrep:procps ss:iproute2 \
	strace:strace

# Debian starts it on every interface; the lab runs one of its own, on the loopback.
UNWANTED := apt-cacher-ng.service

# What deploys.new can write. Its answers are what stands on make's command line, each as one word of the shell.
ENTRIES := ministry site person share application port
answers = $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),\
	'$(name)=$(subst ','\'',$(call one_line,$(name)))'))
one_line = $(if $(findstring $(newline),$(value $(1))),$(error $(1) holds a line break),$(value $(1)))
define newline


endef

.DEFAULT_GOAL := help
.PHONY: help lab destroy endurance status deploy plan drift verify lan uplinks explain validate codeowners ownership test check unit format \
	schema secrets secret artifacts \
	report preview overlay comment credentials forget rehearse backup rehearse-restore journal open-journal import-mail \
	ssh passwords leavers lock tools bench history topology compliance krbtgt promote certificate-names targets prune-backups

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(VENV)/ready tools ## Build the whole administration on this machine, verify it, say what to try next
	@$(PY) -m deploys.phases lab

destroy: $(VENV)/ready ## Remove the lab: this machine is as it was before
	@$(PY) -m roles.lab.destroy

test: $(VENV)/ready tools ## Lint, types, unit tests, validation, and the lab from a clean start with all its checks
	@$(PY) -m deploys.phases test

check: $(VENV)/ready ## The part of `make test` that needs no lab
	@$(PY) -m deploys.phases checks

validate: $(VENV)/ready ## Check the inventory, who owns what, and the secrets: one line a mistake [V=1: times]
	@$(PY) -m deploys.validate $(if $(V),--verbose)

plan: $(VENV)/ready artifacts ## What a deploy would change, on hosts and devices; exits 2 if anything [LIMIT= DEPLOY=mail]
	@$(PY) -m deploys.validate --quiet
	@$(PY) -m deploys.engine plan $(OPTIONS) $(if $(OUT),--out "$(OUT)") $(if $(CHANGES_OK),|| [ $$? -eq 2 ])

deploy: $(VENV)/ready artifacts secrets ## Plan, show, ask, do, on hosts and devices [PLAN=plan.json YES=1 REASON= LIMIT= DEPLOY=]
	@$(PY) -m deploys.engine deploy $(OPTIONS) $(if $(PLAN),--plan "$(PLAN)") $(if $(YES),--yes) --reason "$$REASON"

drift: $(VENV)/ready artifacts ## Where hosts and devices are not what the inventory says; fails if anywhere
	@$(PY) -m deploys.engine drift $(OPTIONS)

lan: $(VENV)/ready ## Make access switches what the inventory says [LIMIT= PLAN=1 FROM=history REASON= CONSOLE=1: past the network]
	@$(PY) -m deploys.lan $(DEVICES) $(if $(CONSOLE),--console)

uplinks: $(VENV)/ready ## Make the routing of the edges to RESINA what the inventory says [LIMIT= PLAN=1 FROM=history REASON=]
	@$(PY) -m deploys.uplinks $(DEVICES)

explain: $(VENV)/ready ## Whose an address is, and the file and line that say so: ADDRESS=10.20.10.21
	$(if $(ADDRESS),,$(error make explain needs an address: ADDRESS=10.20.10.21))
	@$(PY) -m deploys.explain --environment $(ENV) "$$ADDRESS"

history: $(VENV)/ready ## What switches and routers ran: who changed which lines when, and why [LIMIT=sw1 V=1]
	@$(PY) -m deploys.history --environment $(ENV) $(if $(LIMIT),--limit $(LIMIT)) $(if $(V),--verbose)

compliance: $(VENV)/ready ## How hardened switches and the domain are, rule by rule; fails where one is not met [FROM=intended LIMIT= V=1]
	@$(PY) -m deploys.compliance --environment $(ENV) --from $(or $(FROM),running) $(if $(LIMIT),--limit $(LIMIT)) \
		$(if $(V),--verbose)

krbtgt: $(VENV)/ready ## Change the key that every Kerberos ticket is sealed with; once a year [END=1: all tickets end]
	@$(PY) -m deploys.krbtgt --environment $(ENV) $(if $(END),--end)

promote: $(VENV)/ready ## Another mail server becomes the one that people use, even with the former one dead: HOST=mail2 [YES=1]
	$(if $(HOST),,$(error make promote needs a mail server: HOST=mail2))
	@$(PY) -m deploys.promote "$$HOST" --environment $(ENV) $(if $(YES),--yes)

topology: $(VENV)/ready ## Sites, VLANs, devices, uplinks as a picture [OUT=topology.svg LIVE=1: held against LLDP]
	@$(PY) -m deploys.topology --environment $(ENV) $(if $(OUT),--out "$(OUT)") $(if $(LIVE),--live)

targets: $(VENV)/ready ## What a Prometheus is to watch, for its file_sd: all as JSON, or a file a job [OUT=folder]
	@$(PY) -m deploys.targets --environment $(ENV) $(if $(OUT),--out "$(OUT)")

zones: $(VENV)/ready ## The DNS records of each mail domain, for who serves it elsewhere [OUT=folder]
	@$(PY) -m deploys.zones --environment $(ENV) $(if $(OUT),--out "$(OUT)")

dns-check: $(VENV)/ready ## What is served of each mail domain, held against what is wanted [SERVER=192.0.2.53: not ours]
	@$(PY) -m deploys.dns_check --environment $(ENV) $(if $(SERVER),--server "$(SERVER)")

certificate-names: $(VENV)/ready ## The names of each certificate, for who issues them; those that the present one lacks are told
	@$(PY) -m deploys.certificate_names --environment $(ENV)

verify: $(VENV)/ready ## Check that all of it works, by using it; in the lab also that it survives what is done to it
	@$(BIN)/pytest -n 4 --dist loadgroup --environment $(ENV) \
		$(if $(filter lab,$(ENV)),tests/lab) tests/hosts tests/devices tests/journeys
	@$(if $(filter lab,$(ENV)),$(BIN)/pytest tests/disturbances,:)

endurance: $(VENV)/ready ## Plan equals apply, deploys that are killed, secrets that show nowhere: on the lab [KILLS=50 SEED=]
	@$(BIN)/pytest -s tests/endurance

status: $(VENV)/ready ## Machines, services, addresses
	@$(PY) -m deploys.status --environment $(ENV)

ssh: $(VENV)/ready ## A shell on a machine, or one command: HOST=ws1 [CMD='klist']
	$(if $(HOST),,$(error make ssh needs a machine: HOST=ws1 (make status lists them)))
	@ssh -F .cache/$(ENV)/ssh_config $(HOST) $(if $(CMD),"$$CMD")

passwords: $(VENV)/ready ## The people's temporary passwords [INSTITUTION=sante: what its DSI's own key opens, FORMAT=tsv, CHOSEN=1: the lab's]
	@$(if $(CHOSEN),$(PY) -m tests.passwords,$(PY) -m deploys.passwords --environment $(ENV) --format $(FORMAT) $(if $(INSTITUTION),--institution "$(INSTITUTION)"))

leavers: $(VENV)/ready ## Whose data are kept, until when, and whose time is over: nothing is deleted by itself
	@$(PY) -m deploys.leavers --environment $(ENV)

secrets: $(VENV)/ready ## Generate the secrets that are missing [REKEY=1: seal all for those whom recipients.yaml names]
	@$(PY) -m deploys.secrets --environment $(ENV) $(if $(REKEY),--rekey)

secret: $(VENV)/ready ## Set one secret from stdin: SCOPE=certificate-mail1 KEY=key < mail1.key
	$(if $(and $(SCOPE),$(KEY)),,$(error make secret needs SCOPE= and KEY=, and the secret on stdin))
	@$(PY) -m deploys.secrets --environment $(ENV) --set $(SCOPE) $(KEY)

artifacts: $(VENV)/ready ## Build the stand-in application's wheel, the same bytes each time (.cache/artifacts)
	@$(PY) -m deploys.artifacts

schema: $(VENV)/ready ## Write the editor's schemas anew (inventory/schema)
	@$(PY) -m inventory.model.schema

codeowners: $(VENV)/ready ## Write CODEOWNERS anew: who reviews what
	@$(PY) -m deploys.codeowners

ownership: $(VENV)/ready ## Refuse what a change touches outside its author's institution [BASE=origin/main AUTHOR=@awa or INSTITUTION=sante]
	@$(PY) -m deploys.ownership

report: $(VENV)/ready ## What a change means, in sentences [BASE=origin/main]
	@$(PY) -m deploys.validate --quiet
	@$(PY) -m deploys.report

preview: $(VENV)/ready artifacts ## What each host would be before and after a change; no host, no secret [BASE=origin/main OUT=]
	@$(PY) -m deploys.preview --environment $(ENV)

overlay: $(VENV)/ready ## A pull request's data over main's code, to plan it in safety [PR=revision BASE=origin/main OUT=]
	@$(PY) -m deploys.overlay

comment: $(VENV)/ready ## The one comment of a pull request [BASE= PLAN=plan.json OUT=comment.md, FORGE=github NUMBER=12]
	@$(PY) -m deploys.comment

credentials: $(VENV)/ready ## CI: the keys of this job (SSH_KEY, AGE_KEY) where ENV looks for them
	@$(PY) -m deploys.credentials --environment $(ENV)

forget: $(VENV)/ready ## CI: remove the keys that `make credentials` wrote
	@$(PY) -m deploys.credentials --environment $(ENV) --forget

rehearse: $(VENV)/ready tools ## Deploy BASE in the lab, then this change on top; what it changed and what it broke [BASE=main]
	@$(PY) -m deploys.rehearse

backup: $(VENV)/ready ## Bring the newest backup of the domain off its controllers, sealed for who may read its secrets: OUT=folder
	$(if $(OUT),,$(error make backup needs a folder: OUT=/media/backups))
	@$(PY) -m deploys.backup --environment $(ENV) --out "$(OUT)"

rehearse-restore: $(VENV)/ready ## Back the domain up, restore it where nobody sees it, log in to it [HOST=dc1 FROM=folder: of make backup]
	@$(PY) -m deploys.rehearse_restore --environment $(ENV) $(if $(HOST),--host $(HOST)) $(if $(FROM),--from "$(FROM)")

journal: $(VENV)/ready ## Bring an institution's sealed messages of some days, which is written down: INSTITUTION= DAYS=2026-11-01..2026-11-30 REASON= OUT=folder
	$(if $(OUT),,$(error make journal needs a folder: OUT=/media/journal))
	@$(PY) -m deploys.journal fetch --environment $(ENV) --institution "$(INSTITUTION)" --days "$(DAYS)" --reason "$$REASON" --out "$(OUT)"

open-journal: $(VENV)/ready ## Take one layer off the sealed messages of a folder: FROM=folder KEY=key.txt (the witness's, then the institution's)
	$(if $(FROM),,$(error make open-journal needs the folder of make journal: FROM=/media/journal))
	@$(PY) -m deploys.journal open --folder "$(FROM)" --key "$(KEY)"

import-mail: $(VENV)/ready ## Bring an institution's mailboxes from its old IMAP server, again for what came since: INSTITUTION= FROM=imap.ancien.example TABLE=file [JOBS=4 RATE=20 CA=ca.crt STARTTLS=1 PLAN=1]
	$(if $(and $(INSTITUTION),$(FROM),$(TABLE)),,$(error make import-mail needs INSTITUTION=, FROM=imap.ancien.example and TABLE=file (docs/fr/guide-import.md)))
	@$(PY) -m deploys.import_mail --environment $(ENV) --institution "$(INSTITUTION)" --from "$(FROM)" --table "$(TABLE)" \
		$(if $(JOBS),--jobs "$(JOBS)") $(if $(RATE),--rate "$(RATE)") $(if $(CA),--authority "$(CA)") $(if $(STARTTLS),--starttls) $(if $(PLAN),--plan)

prune-backups: $(VENV)/ready ## Remove the backups of mail that platform.yaml does not keep, check the others [PLAN=1]
	@$(PY) -m deploys.prune_backups --environment $(ENV) $(if $(PLAN),--plan)

unit: $(VENV)/ready ## The unit tests
	@$(BIN)/pytest -n 2 tests/unit

bench: $(VENV)/ready $(BENCH_VENV)/ready tools ## How fast, against what, counted and timed [SUBJECT=engine|inventory|lan|directory|mail|restore ROUNDS=3 HOSTS=8 TOOLS=ours,floor]
	@$(PY) -m tests.bench --subject $(SUBJECT) --rounds $(ROUNDS) --hosts $(HOSTS) \
		$(if $(TOOLS),--tools $(TOOLS)) $(if $(TABLE),--table)

format: $(VENV)/ready ## Format the code
	@$(BIN)/ruff format && $(BIN)/ruff check --fix

new-ministry: ## Questions, then the folder of a new ministry [NAME=value … YES=1: nothing is asked]
new-site: ## Questions, then a new building: networks, switch, router
new-person: ## Questions, then a new person [INSTITUTION=sante GIVEN=Nafi FAMILY=Nouvelle GROUPS=dsi YES=1]
new-share: ## Questions, then a new share of an institution
new-application: ## Questions, then a new application
new-port: ## Questions, then one more port of a switch
.PHONY: $(ENTRIES:%=new-%)
$(ENTRIES:%=new-%): new-%: $(VENV)/ready
	@$(PY) -m deploys.new $* $(answers)

lock: ## Resolve the dependencies anew, with their hashes
	@python3 -m venv .cache/lock && .cache/lock/bin/pip install --quiet pip-tools
	@.cache/lock/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --extra dev --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --no-emit-options --output-file requirements.lock pyproject.toml
	@cd tests/bench && ../../.cache/lock/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --output-file requirements.lock requirements.in

export CMD REASON ADDRESS

$(VENV)/ready: requirements.lock
	@python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ apt-get update -qq && apt-get install -y -qq python3-venv; }
	@echo "── python environment" && rm -rf $(VENV) && python3 -m venv $(VENV) && \
		$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock && touch $@

# What our engine is measured against, in an environment of its own.
$(BENCH_VENV)/ready: tests/bench/requirements.lock
	@echo "── python environment of the bench" && rm -rf $(BENCH_VENV) && python3 -m venv $(BENCH_VENV) && \
		$(BENCH_VENV)/bin/pip install --quiet --require-hashes --requirement tests/bench/requirements.lock && touch $@

tools:
	@ls /var/lib/apt/lists/*InRelease >/dev/null 2>&1 || apt-get update -qq
	@missing=; for pair in $(LAB_TOOLS); do \
		PATH=$$PATH:/usr/sbin:/sbin command -v $${pair%%:*} >/dev/null || missing="$$missing $${pair##*:}"; done; \
	[ -z "$$missing" ] || { echo "── packages:$$missing" && apt-get update -qq && \
		{ [ ! -d /run/systemd/system ] || systemctl mask --quiet $(UNWANTED); } && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; }
