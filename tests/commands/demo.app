{application, demo,
 [{description, "An application"}, {vsn, "1.5"}, {modules, [demo]}, {registered, [demo_sup]},
  {applications, [kernel, stdlib, demo_dep]}, {mod, {demo, []}}, {env, [{color, green}]}]}.
