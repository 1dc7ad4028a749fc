# Images, privileges, ports and routes.
image_allowed registry.example/web:1.2
refuses image_allowed registry.example/web:latest
unprivileged 1000
refuses unprivileged 0
port_allowed 8080
refuses port_allowed 80
may_call web api
refuses may_call web store
