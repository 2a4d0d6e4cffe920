{application, demo_dep, [{vsn, "1"}, {modules, []}, {registered, []}, {applications, [kernel, stdlib]}]}.
