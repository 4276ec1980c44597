// A client written by hand over the types that are generated from the
// application's OpenAPI document: register, log in, change, list.
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
type Register = paths["/api/users"]["post"];
type LogIn = paths["/api/auth/login"]["post"];
type Change = paths["/api/users/me"]["patch"];
type List = paths["/api/users"]["get"];
type Json<T extends { content: { "application/json": unknown } }> = T["content"]["application/json"];

class Failure extends Error {
	constructor(readonly problem: Schemas["Problem"]) {
		super(problem.detail);
	}
}

async function call<T>(base: string, method: string, path: string, body?: object, token?: string): Promise<T> {
	const headers: Record<string, string> = { "Content-Type": "application/json" };
	if (token) headers.Authorization = `Bearer ${token}`;
	const answer = await fetch(base + path, { method, headers, body: body ? JSON.stringify(body) : null });
	if (!answer.ok) throw new Failure((await answer.json()) as Schemas["Problem"]);
	return (await answer.json()) as T;
}

export async function journey(base: string): Promise<string> {
	const who: Json<Register["requestBody"]> = { email: "ts@example.com", password: "typed horse battery", name: "Ts" };
	const registered = await call<Json<Register["responses"]["201"]>>(base, "POST", "/api/users", who);
	const login: Json<LogIn["requestBody"]> = { email: who.email, password: who.password };
	const token = await call<Json<LogIn["responses"]["200"]>>(base, "POST", "/api/auth/login", login);
	const change: Json<Change["requestBody"]> = { name: "Typed" }; // what is left out stays
	const changed = await call<Json<Change["responses"]["200"]>>(base, "PATCH", "/api/users/me", change, token.access_token);
	if (changed.id !== registered.id || changed.is_superuser) throw new Error("somebody else was changed");

	const query: NonNullable<List["parameters"]["query"]> = { page: 1, size: 100 };
	try {
		const page = await call<Json<List["responses"]["200"]>>(base, "GET", `/api/users?page=${query.page}&size=${query.size}`, undefined, token.access_token);
		return page.items.map((user: Schemas["UserRead"]) => user.email).join();
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return `${changed.name}: ${error.problem.status} ${error.problem.code}`;
	}
}

// What the document forbids must not pass the check of types.
// @ts-expect-error: a password is required
export const incomplete: Json<Register["requestBody"]> = { email: "ts@example.com", name: "Ts" };
// @ts-expect-error: the token's type is one word
export const wrong: Schemas["Token"]["token_type"] = "basic";

journey(process.argv[2] ?? "").then(console.log);
declare const process: { argv: string[] };
