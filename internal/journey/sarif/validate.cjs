// Validates a report by the schema of SARIF 2.1.0, which @microsoft/jest-sarif has a copy of.
const Ajv = require("ajv-draft-04");
const formats = require("ajv-formats");
const schema = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
formats(ajv);
const report = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
if (!ajv.validate(schema, report)) {
  for (const e of ajv.errors) console.error(e.instancePath, e.message, JSON.stringify(e.params));
  process.exit(1);
}
console.log(report.runs.flatMap((run) => run.results).length, "results");
