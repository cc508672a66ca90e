"""The addresses of the team. Codes in links are written in capitals, so that none meets our words."""

from django.urls import URLPattern, path

from upline.web.cabinet import team, team_map, team_table

urlpatterns: list[URLPattern] = [
    path("", team.tree, name="team"),
    path("branch/<path:code>/", team.branch, name="team-branch"),
    path("table/", team_table.table, name="team-table"),
    path("table/<slug:form>/", team_table.export, name="team-export"),
    path("map/", team_map.team_map, name="team-map"),
    path("map/data/", team_map.data, name="team-map-data"),
    path("map/names/", team_map.names, name="team-map-names"),
    path("map/card/<int:place>/", team_map.card, name="team-map-card"),
    path("<path:code>/", team.member, name="team-member"),
]
