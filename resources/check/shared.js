// A shared worker.
"use strict";
importScripts("/collect.js");
berthReport(location.origin, "shared");
