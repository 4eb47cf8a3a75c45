// A service worker. It answers for nothing, and is taken away after the check.
"use strict";
importScripts("/collect.js");
self.addEventListener("install", (event) => event.waitUntil(berthReport(location.origin, "service")));
