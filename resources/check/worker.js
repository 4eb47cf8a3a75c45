// A dedicated worker, and the one inside it: its name says which it is.
"use strict";
importScripts("/collect.js");
berthReport(location.origin, self.name);
if (self.name === "dedicated") self.berthKept = new Worker("/worker.js", { name: "nested" });
