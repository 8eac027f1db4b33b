// Everything on a page works without these. Each line can be taken out.

import { composer } from "./composer";
import { copy } from "./copy";
import { drafts } from "./drafts";
import { keys } from "./keys";
import { mention } from "./mention";
import { live } from "./live";
import { menus } from "./menus";
import { notices } from "./notices";
import { reactions } from "./reactions";

menus();
drafts();
reactions();
notices();
composer();
mention();
keys();
copy();
live();
