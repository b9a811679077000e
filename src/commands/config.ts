import type { CommandGroup } from "./command.ts";
import { trust } from "./config/trust.ts";
import { trusted } from "./config/trusted.ts";
import { untrust } from "./config/untrust.ts";

/** What a person says about the configuration of projects. */
export const config: CommandGroup = {
  name: "config",
  summary: "trust the configuration of projects",
  description: "Says which projects may set in their .aimux what starts programs or lets them do " +
    "more.",
  commands: [trust, untrust, trusted],
};
