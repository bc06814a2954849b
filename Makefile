# Two commands do all on a fresh machine with Python and make: `make certify` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: certify test prove bench clean
certify: $(READY)          ## the main job: certify the shipped products, on lab time
	$(BIN)/evconform certify
	$(BIN)/evconform models --report reports --sut etrel-inch.toml --sut two-connector.toml --sut fixed-cable-dc.toml

test: $(READY)             ## every gate, by tox
	$(BIN)/tox run

prove: $(READY)            ## the kill matrix, checked against kill-matrix.json
	$(BIN)/evconform prove --check kill-matrix.json

bench: $(READY)
	$(BIN)/python benchmarks/round_trip.py
	$(BIN)/python benchmarks/judging.py
	$(BIN)/python benchmarks/local_list.py
	$(BIN)/python benchmarks/field_logs.py --sizes 10000 100000

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "evconform needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv .tox dist reports/*/
