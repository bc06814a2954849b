# Two commands do all on a fresh machine with Python and make: `make certify` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: certify test gates operator plain prove bench example clean
certify: $(READY)          ## the main job: certify the shipped products, on lab time
	$(BIN)/evconform certify
	$(BIN)/evconform models --report reports --sut etrel-inch.toml --sut two-connector.toml --sut fixed-cable-dc.toml
	$(BIN)/evconform models --report reports --role central-system

test: $(READY)             ## every gate; the whole run by scripted persons waits beside the others
	$(MAKE) --jobs=2 gates operator

gates: $(READY)            ## every gate but that one, by tox
	$(BIN)/tox run

operator: $(READY)         ## the whole Core run by scripted persons, on wall time: about ten minutes, and little CPU
	$(BIN)/python tests/operator_whole.py

plain: $(READY)            ## the plain cases with the scripted central system and with the reference CPO: both verdicts
	$(BIN)/evconform plain

prove: $(READY)            ## the kill matrix, checked against kill-matrix.json
	$(BIN)/evconform prove --check kill-matrix.json

bench: $(READY)
	$(BIN)/python benchmarks/round_trip.py
	$(BIN)/python benchmarks/judging.py
	$(BIN)/python benchmarks/local_list.py
	$(BIN)/python benchmarks/field_logs.py --sizes 10000 100000
	$(BIN)/python benchmarks/central_system_throughput.py
	$(BIN)/python benchmarks/ocpi_pages.py
	$(BIN)/python benchmarks/ocpi_scale.py

example: $(READY)          ## reports/example: the report of the virtual INCH as it is now
	$(BIN)/python tests/example_report.py

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "evconform needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv .tox dist
	find reports -mindepth 1 -maxdepth 1 -type d ! -name example -exec rm -rf {} +
